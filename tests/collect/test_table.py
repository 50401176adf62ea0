"""Every situation that the protocol's servers tell apart, in the order of the table in which they are
compared (OPENROSA.md, 2.6), with the status that devices get here, the sentence, and what is kept.

Where other servers differ: 201 whenever something was kept, 202 for what is here already, 409 for
another content under a name that is taken. What was finished on a device is never refused for what it
says: where others answer 404, 405, 409 or 410 it is kept, and waits for a person's decision.
"""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from surveys import review
from surveys.models import (
    Attachment,
    DeviceToken,
    Finding,
    Interview,
    Membership,
    Questionnaire,
    QuestionnaireVersion,
    Role,
    Submission,
    User,
)
from surveys.models.decision import Verdict
from surveys.questionnaires import form_of
from surveys.xforms.filling import adopt
from surveys.xforms.instance import InstanceError
from tests.collect.device import BOUNDARY, XML_PART, Answer, Collect, Record, body_of, content_type
from tests.collect.fieldwork import Fieldwork, path_for, record
from tests.collect.posts import ACCEPTED_BYTES, post, post_body
from tests.collect.web import Web
from tests.factories import PASSWORD, make_member, make_site, make_survey

AT_ONCE = 6
CHINESE = re.compile("[\u4e00-\u9fff]")
State, Kind = Interview.State, Finding.Kind


@dataclass(frozen=True)
class Stage:
    """The enumerator's device, and the survey behind it."""

    collect: Collect
    survey: Fieldwork
    web: Web

    def post(self, sent: Record) -> Answer:
        return post(self.collect, sent)

    def post_all(self, *sent: Record) -> Answer:
        """The last answer."""
        return [self.post(one) for one in sent][-1]

    def with_password(self, username: str, password: str) -> Collect:
        address = f"{self.web.url}/s/{self.survey.site.survey.code}"
        return Collect(address, user=username, password=password, language=self.collect.language)


Act: TypeAlias = Callable[[Stage], Answer]


@dataclass(frozen=True)
class Row:
    """A situation: what the last request of it is answered, and how many interviews and versions of
    them are here then, by their states and what is found about the newest.
    """

    situation: str
    act: Act
    status: int
    sentence: str
    kept: tuple[str, ...] = ()
    versions: int = 0
    found: Iterable[str] = ()


ROWS: list[Row] = []


def row(
    situation: str,
    status: int,
    sentence: str,
    *kept: str,
    versions: int | None = None,
    found: Iterable[str] = (),
) -> Callable[[Act], Act]:
    """Put a situation into the table."""

    def add(act: Act) -> Act:
        of_each = len(kept) if versions is None else versions
        ROWS.append(Row(situation, act, status, sentence, kept, of_each, found))
        return act

    return add


SUBMITTED, QUARANTINED, REJECTED = State.SUBMITTED, State.QUARANTINED, State.REJECTED
ONE = record({"a.jpg": b"a"}, instance_id="uuid:1")


@row("new, stored", 201, "Received", SUBMITTED)
def new(stage: Stage) -> Answer:
    return stage.post(ONE)


@row("same instanceID, byte-identical XML, no new files", 202, "Already received", SUBMITTED)
def an_exact_repeat(stage: Stage) -> Answer:
    return stage.post_all(ONE, ONE, ONE)


@row("same instanceID, identical XML, new files", 201, "Received", SUBMITTED)
def new_files(stage: Stage) -> Answer:
    return stage.post_all(Record(ONE.instance_id, ONE.xml), ONE)


@row("same instanceID, different XML", 409, "Another interview", SUBMITTED)
def other_answers(stage: Stage) -> Answer:
    return stage.post_all(ONE, record(ONE.files, instance_id="uuid:1", age="31"))


@row("same instance being processed right now", 202, "Already received", SUBMITTED)
def at_once(stage: Stage) -> Answer:
    """One request stores it, the others are told that it is here."""
    ready, answers = threading.Barrier(AT_ONCE), []

    def send() -> None:
        ready.wait()
        answers.append(stage.post(ONE))

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.sort(key=lambda answer: answer.status)
    assert [answer.status for answer in answers] == [201] + [202] * (AT_ONCE - 1)
    return answers[-1]


@row("same file name, different bytes, no edit", 409, "a.jpg", SUBMITTED)
def another_file(stage: Stage) -> Answer:
    answer = stage.post_all(ONE, Record(ONE.instance_id, ONE.xml, {"a.jpg": b"b", "b.jpg": b"b"}))
    with Attachment.objects.get().file.open() as kept:  # and nothing of the second request
        assert kept.read() == b"a"
    return answer


def edit(instance_id: str, deprecated_id: str, age: str = "31") -> Record:
    sent = record(ONE.files, instance_id=instance_id, deprecated_id=deprecated_id, age=age)
    return Record(sent.instance_id, sent.xml)


@row("edit: deprecatedID = current version", 201, "Received", SUBMITTED, versions=2)
def an_edit(stage: Stage) -> Answer:
    """It becomes the current version; files that it still names are carried over."""
    answer = stage.post_all(ONE, edit("uuid:2", "uuid:1"))
    current = Interview.objects.get().current
    assert current is not None
    assert current.instance_id == "uuid:2"
    assert current.attachments.get().file
    return answer


@row("edit: the same once more", 202, "Already received", SUBMITTED, versions=2)
def an_edit_again(stage: Stage) -> Answer:
    return stage.post_all(ONE, edit("uuid:2", "uuid:1"), edit("uuid:2", "uuid:1"))


@row("edit: the version before it, once more", 202, "Already", SUBMITTED, versions=2)
def what_was_edited_again(stage: Stage) -> Answer:
    return stage.post_all(ONE, edit("uuid:2", "uuid:1"), ONE)


@row("edit: unknown deprecatedID", 201, "Received", QUARANTINED, found={Kind.EDIT})
def an_edit_of_nothing(stage: Stage) -> Answer:
    """Others: 404. Once what it edits has come too, the two are one interview."""
    return stage.post(edit("uuid:2", "uuid:1"))


@row("edit: what it edits comes later", 201, "Received", SUBMITTED, versions=2)
def an_edit_that_came_first(stage: Stage) -> Answer:
    return stage.post_all(edit("uuid:2", "uuid:1"), ONE)


@row(
    "edit: deprecatedID already superseded",
    201,
    "Received",
    *(SUBMITTED, QUARANTINED),
    versions=3,
    found={Kind.EDIT},
)
def an_edit_too_late(stage: Stage) -> Answer:
    """Others: 409 or 410. The first edit counts, this one waits beside it."""
    answer = stage.post_all(ONE, edit("uuid:2", "uuid:1"), edit("uuid:3", "uuid:1", age="32"))
    assert Interview.objects.counted().get().answers["age"] == "31"
    return answer


@row("edit: new instanceID already used", 409, "Another interview", SUBMITTED, SUBMITTED)
def an_edit_under_a_taken_id(stage: Stage) -> Answer:
    return stage.post_all(ONE, record(instance_id="uuid:2"), edit("uuid:2", "uuid:1"))


@row(
    "edit: of somebody else's interview",
    201,
    "Received",
    *(SUBMITTED, QUARANTINED),
    found={Kind.EDIT},
)
def an_edit_by_a_stranger(stage: Stage) -> Answer:
    stage.post(ONE)
    site = stage.survey.site
    other = make_member(site.survey, Role.ENUMERATOR)
    site.assignments.create(enumerator=other)
    theirs = Collect(stage.web.url + path_for(other, site, other), language="en")
    return post(theirs, edit("uuid:2", "uuid:1"))


@row("anonymous edit", 401, "Sign in with", SUBMITTED)
def an_anonymous_edit(stage: Stage) -> Answer:
    stage.post(ONE)
    return post(stage.with_password("", ""), edit("uuid:2", "uuid:1"))


@row("no instanceID", 400, "instanceID")
def no_instance_id(stage: Stage) -> Answer:
    return stage.post(Record("", b"<data id='visit' version='1'><age>30</age></data>"))


@row("deleted record re-sent", 202, "Already received", REJECTED)
def a_deleted_record(stage: Stage) -> Answer:
    """Here a record is rejected and never deleted; it does not come back by being sent again."""
    stage.post(ONE)
    Interview.objects.update(state=QUARANTINED)
    decider = User.objects.get(username="C01")
    review.decide(Interview.objects.get().pk, Verdict.REJECT, by=decider)
    return stage.post(ONE)


@row("unknown form", 404, "nothing")
def an_unknown_form(stage: Stage) -> Answer:
    return stage.post(record(form_id="nothing"))


@row(
    "unknown form version",
    201,
    "Received",
    QUARANTINED,
    found={Kind.UNKNOWN_VERSION, Kind.UNKNOWN_SITE},
)
def an_unknown_version(stage: Stage) -> Answer:
    """Others: 404, or taken for the latest. Its answers are kept and not read before it is here."""
    return stage.post(record(version="0"))


@row("form closed / archived", 201, "Received", QUARANTINED, found={Kind.CLOSED})
def a_closed_form(stage: Stage) -> Answer:
    """Others: 409 or 405."""
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    return stage.post(record())


@row("form closed: what was here before", 202, "Already received", SUBMITTED)
def a_repeat_after_closing(stage: Stage) -> Answer:
    stage.post(ONE)
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    return stage.post(ONE)


@row("site not known here", 201, "Received", QUARANTINED, found={Kind.UNKNOWN_SITE})
def an_unknown_site(stage: Stage) -> Answer:
    return stage.post(record(site="S9"))


@row("site of somebody else", 201, "Received", QUARANTINED, found={Kind.UNASSIGNED_SITE})
def a_strange_site(stage: Stage) -> Answer:
    make_site(stage.survey.site.survey, "S2")
    return stage.post(record(site="S2"))


@row("answers that the form does not allow", 201, "Received", SUBMITTED, found={Kind.CONSTRAINT})
def a_bad_answer(stage: Stage) -> Answer:
    return stage.post(record(age="7"))


@row("XML not well formed", 400, "broken")
def broken_xml(stage: Stage) -> Answer:
    return stage.post(Record("", ONE.xml[:-10]))


@row("no form id", 400, "which form")
def no_form_id(stage: Stage) -> Answer:
    return stage.post(Record("", b"<data><meta><instanceID>uuid:1</instanceID></meta></data>"))


@row("control characters in XML", 400, "broken")
def control_characters(stage: Stage) -> Answer:
    return stage.post(Record("", ONE.xml.replace(b"<age>30", b"<age>3\x010")))


@row("missing xml_submission_file", 400, "xml_submission_file")
def no_xml(stage: Stage) -> Answer:
    return post_body(stage.collect, body_of([("a.jpg", "a.jpg", "image/jpeg", b"a")]))


@row("bad boundary", 400, "did not arrive whole")
def another_boundary(stage: Stage) -> Answer:
    body = body_of([(XML_PART, "a.xml", "text/xml", ONE.xml)], BOUNDARY)
    return post_body(stage.collect, body, content_type("another"))


@row("no credentials", 401, "Sign in with")
def no_credentials(stage: Stage) -> Answer:
    answer = post(stage.with_password("", ""), ONE)
    assert answer.headers["www-authenticate"].startswith("Basic realm=")
    return answer


@row("bad credentials", 401, "user name or the password")
def a_wrong_password(stage: Stage) -> Answer:
    return post(stage.with_password("E01", "wrong"), ONE)


@row("good credentials without a token", 201, "Received", SUBMITTED)
def a_password(stage: Stage) -> Answer:
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1)  # the server knows no quick ones
    User.objects.filter(username="E01").update(password=password)
    return post(stage.with_password("E01", PASSWORD), ONE)


@row("bad token", 403, "not enrolled")
def a_wrong_token(stage: Stage) -> Answer:
    """Never 401, for which Collect would ask for a password that nobody has."""
    stage.collect.server_url = stage.collect.server_url.replace("/key/", "/key/x")
    return stage.post(ONE)


@row("token switched off", 403, "new card")
def a_token_that_is_off(stage: Stage) -> Answer:
    DeviceToken.objects.update(revoked_at="2026-11-27T00:00:00Z")
    return stage.post(ONE)


@row("no right: another survey's address", 403, "not enrolled")
def another_survey(stage: Stage) -> Answer:
    make_survey("other")
    stage.collect.server_url = stage.collect.server_url.replace("river", "other")
    return stage.post(ONE)


@row("no right: no part in the survey any more", 404, "no survey river for you")
def no_part_any_more(stage: Stage) -> Answer:
    """Others: 403. A survey is not there for those who have no part in it, by its pages either."""
    Membership.objects.filter(role=Role.ENUMERATOR).delete()
    return stage.post(ONE)


@row("too large", 413, "at most 100 MB")
def too_large(stage: Stage) -> Answer:
    """The length that is accepted is in a header of every answer."""
    xml = b"x" * (ACCEPTED_BYTES + 1)
    return post_body(stage.collect, body_of([(XML_PART, "a.xml", "text/xml", xml)]))


@row("usage limit / maintenance / throttle", 403, "Too many wrong passwords")
def too_many_passwords(stage: Stage) -> Answer:
    """Nobody is kept from sending much; only who guesses passwords waits."""
    AccessAttempt.objects.create(
        username="E01", ip_address="127.0.0.1", user_agent="", failures_since_start=10
    )
    return post(stage.with_password("E01", "wrong"), ONE)


@pytest.fixture
def stage(collect: Collect, survey: Fieldwork, web: Web) -> Stage:
    collect.language = "en"
    return Stage(collect, survey, web)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.situation)
def test_each_situation_has_its_answer(stage: Stage, row: Row) -> None:
    answer = row.act(stage)
    assert (answer.status, bool(re.search(row.sentence, answer.sentence))) == (row.status, True)
    states = Interview.objects.order_by("pk").values_list("state", flat=True)
    assert tuple(states) == row.kept
    assert Submission.objects.count() == row.versions
    newest = Submission.objects.order_by("pk").last()
    found = newest.findings.values_list("kind", flat=True) if newest else ()
    assert set(found) == set(row.found)


def test_no_page_of_ours_sends_a_correction(survey: Fieldwork) -> None:
    """Who must satisfy the form is told 404 and 409 where devices are quarantined: see
    `test_corrections.py`. Nobody gets these over HTTP, as an interview of our pages has no place for
    the id of another.
    """
    form = form_of(QuestionnaireVersion.objects.get())
    meta = ["meta", [["instanceID", "uuid:2"], ["deprecatedID", "uuid:1"]]]
    with pytest.raises(InstanceError, match="no interview of this form"):
        adopt(form, ["data", [meta]])
    assert adopt(form, ["data", [["meta", meta[1][:1]]]]).child("meta") is not None


@pytest.mark.parametrize("act", [an_exact_repeat, other_answers, an_unknown_form, broken_xml])
def test_who_asks_for_no_language_is_answered_in_the_forms(stage: Stage, act: Act) -> None:
    stage.collect.language = ""
    assert CHINESE.search(act(stage).sentence)
