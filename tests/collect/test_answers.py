"""What the server says to each situation: the exact status, OpenRosa's headers, a sentence to act on."""

import re

import pytest
from lxml import etree

from surveys.models import (
    Attachment,
    Finding,
    Interview,
    Membership,
    Questionnaire,
    Role,
    Submission,
)
from tests.collect.device import (
    BOUNDARY,
    XML_PART,
    Answer,
    Collect,
    Part,
    Record,
    body_of,
    content_type,
)
from tests.collect.fieldwork import Fieldwork, path_for, record
from tests.collect.web import Web
from tests.factories import make_member, make_site, make_survey

ROOT = "{http://openrosa.org/http/response}OpenRosaResponse"


def post(collect: Collect, sent: Record, *more: Part) -> Answer:
    """A record in one request, with the files that it has and other parts."""
    xml: Part = (XML_PART, "submission.xml", "text/xml", sent.xml)
    files: list[Part] = [(name, name, "image/jpeg", body) for name, body in sent.files.items()]
    return post_body(collect, body_of([xml, *files, *more]))


def post_body(collect: Collect, body: bytes, type_: str = content_type(BOUNDARY)) -> Answer:
    answer = collect.request("POST", f"{collect.server_url}/submission?deviceID=d", body, type_)
    require_openrosa(answer)
    return answer


def require_openrosa(answer: Answer) -> None:
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert answer.headers["x-openrosa-accept-content-length"] == "100000000"
    assert "date" in answer.headers
    assert "location" not in answer.headers
    if answer.status != 204:
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        assert etree.fromstring(answer.body).tag == ROOT
        assert len(answer.sentence) >= len("已收到。")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_the_handshake_is_empty_and_leads_nowhere_else(collect: Collect, method: str) -> None:
    answer = collect.request(method, f"{collect.server_url}/submission?deviceID=d")
    require_openrosa(answer)
    assert (answer.status, answer.body) == (204, b"")


def test_new_is_stored(collect: Collect) -> None:
    assert post(collect, record()).status == 201


def test_an_exact_repeat_is_had_already(collect: Collect) -> None:
    mine = record({"a.jpg": b"a"})
    assert [post(collect, mine).status for _ in range(3)] == [201, 202, 202]


def test_new_files_are_added(collect: Collect) -> None:
    mine = record({"a.jpg": b"a", "b.jpg": b"b"})
    first = Record(mine.instance_id, mine.xml, {"a.jpg": b"a"})
    assert [post(collect, each).status for each in (first, mine, first)] == [201, 201, 202]
    assert Attachment.objects.exclude(file="").count() == 2


def test_parts_may_come_in_any_order(collect: Collect) -> None:
    mine = record({"a.jpg": b"a"})
    parts: list[Part] = [
        ("*isIncomplete*", "", "text/plain", b"yes"),
        ("a.jpg", "a.jpg", "image/jpeg", b"a"),
        (XML_PART, "submission.xml", "application/xml", mine.xml),
    ]
    assert post_body(collect, body_of(parts)).status == 201
    assert Attachment.objects.get().name == "a.jpg"


def test_a_file_is_called_as_its_part_is(collect: Collect) -> None:
    mine = record({"a.jpg": b"a"})
    parts: list[Part] = [
        (XML_PART, "submission.xml", "text/xml", mine.xml),
        ("a.jpg", "IMG_0001.JPG", "image/jpeg", b"a"),
        ("more.txt", "more.txt", "text/plain", b"named nowhere"),
    ]
    assert post_body(collect, body_of(parts)).status == 201
    names = Attachment.objects.exclude(file="").values_list("name", flat=True)
    assert set(names) == {"a.jpg", "more.txt"}


def test_other_answers_under_the_same_id_are_a_conflict(collect: Collect) -> None:
    assert post(collect, record(instance_id="uuid:1")).status == 201
    answer = post(collect, record(instance_id="uuid:1", age="31"))
    assert answer.status == 409
    assert Submission.objects.count() == 1


def test_another_file_under_the_same_name_is_a_conflict(collect: Collect) -> None:
    mine = record({"a.jpg": b"a"})
    other = Record(mine.instance_id, mine.xml, {"a.jpg": b"other"})
    assert post(collect, mine).status == 201
    answer = post(collect, other, ("b.jpg", "b.jpg", "image/jpeg", b"b"))
    assert answer.status == 409
    assert "a.jpg" in answer.sentence
    assert [row.name for row in Attachment.objects.all()] == ["a.jpg"]


def test_an_edit_of_the_current_version_becomes_it(collect: Collect) -> None:
    post(collect, record({"a.jpg": b"a"}, instance_id="uuid:1"))
    edit = record({"a.jpg": b"a"}, instance_id="uuid:2", deprecated_id="uuid:1", age="31")
    edit.files = {}
    answer = post(collect, edit)
    assert answer.status == 201
    interview = Interview.objects.get()
    assert interview.answers["age"] == "31"
    assert interview.current is not None
    assert interview.current.attachments.get().file  # carried forward


def test_an_edit_of_what_is_not_here_is_kept_for_a_decision(collect: Collect) -> None:
    """Other servers answer 404. What was finished on a device is stored, and flagged."""
    answer = post(collect, record(instance_id="uuid:2", deprecated_id="uuid:1"))
    assert answer.status == 201
    assert Interview.objects.get().state == Interview.State.QUARANTINED
    assert Finding.objects.get().kind == Finding.Kind.EDIT


def test_an_edit_of_an_old_version_is_kept_beside_the_newer_one(collect: Collect) -> None:
    """Other servers answer 409. The first to come counts, the second waits for a decision."""
    post(collect, record(instance_id="uuid:1"))
    post(collect, record(instance_id="uuid:2", deprecated_id="uuid:1", age="31"))
    answer = post(collect, record(instance_id="uuid:3", deprecated_id="uuid:1", age="32"))
    assert answer.status == 201
    newer, beside = Interview.objects.order_by("pk")
    assert (newer.answers["age"], newer.state) == ("31", Interview.State.SUBMITTED)
    assert (beside.answers["age"], beside.state) == ("32", Interview.State.QUARANTINED)


def test_an_edit_under_an_id_that_is_taken_is_a_conflict(collect: Collect) -> None:
    for taken in ("uuid:1", "uuid:2"):
        post(collect, record(instance_id=taken))
    answer = post(collect, record(instance_id="uuid:2", deprecated_id="uuid:1", age="31"))
    assert answer.status == 409


def test_somebody_elses_interview_is_not_overwritten(
    collect: Collect, survey: Fieldwork, web: Web
) -> None:
    post(collect, record(instance_id="uuid:1"))
    other = make_member(survey.site.survey, Role.ENUMERATOR)
    survey.site.assignments.create(enumerator=other)
    stranger = Collect(web.url + path_for(other, survey.site, other))
    edit = record(instance_id="uuid:2", deprecated_id="uuid:1", age="31")
    assert post(stranger, edit).status == 201
    first, beside = Interview.objects.order_by("pk")
    assert (first.answers["age"], first.state) == ("30", Interview.State.SUBMITTED)
    assert beside.state == Interview.State.QUARANTINED


def test_an_unknown_form_is_not_found(collect: Collect) -> None:
    answer = post(collect, record(form_id="nothing"))
    assert answer.status == 404
    assert "nothing" in answer.sentence


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (record(version="0"), Finding.Kind.UNKNOWN_VERSION),
        (record(site="S9"), Finding.Kind.UNKNOWN_SITE),
        (record(site="S2"), Finding.Kind.UNASSIGNED_SITE),
    ],
)
def test_what_does_not_fit_is_stored_and_flagged(
    collect: Collect, survey: Fieldwork, sent: Record, kind: Finding.Kind
) -> None:
    make_site(survey.site.survey, "S2")
    assert post(collect, sent).status == 201
    assert kind in Finding.objects.values_list("kind", flat=True)
    assert Interview.objects.get().state == Interview.State.QUARANTINED


def test_a_closed_form_still_takes_what_was_finished(collect: Collect) -> None:
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    assert post(collect, record()).status == 201
    assert Finding.objects.get().kind == Finding.Kind.CLOSED


@pytest.mark.parametrize("xml", [b"<data id='visit'/>", b"<data><meta/></data>"])
def test_an_interview_without_ids_is_refused(collect: Collect, xml: bytes) -> None:
    assert post(collect, Record("", xml)).status == 400


def test_without_credentials_the_device_is_asked_for_them(web: Web, survey: Fieldwork) -> None:
    stranger = Collect(f"{web.url}/s/{survey.site.survey.code}")
    answer = post(stranger, record())
    assert answer.status == 401
    assert re.match("Basic ", answer.headers["www-authenticate"])


def test_a_wrong_token_is_forbidden(collect: Collect) -> None:
    collect.server_url = collect.server_url.replace("/key/", "/key/x")
    assert post(collect, record()).status == 403


def test_another_survey_is_closed_to_the_device(collect: Collect) -> None:
    other = make_survey("other")
    collect.server_url = collect.server_url.replace("river", other.code)
    assert post(collect, record()).status in (403, 404)


def test_a_refusal_is_heard_even_by_who_sends_much(collect: Collect) -> None:
    collect.server_url = collect.server_url.replace("/key/", "/key/x")
    assert post(collect, record({"a.mp4": b"0" * 20_000_000})).status == 403


def test_who_left_the_survey_is_told_so(collect: Collect) -> None:
    Membership.objects.filter(role=Role.ENUMERATOR).delete()
    assert post(collect, record()).status in (403, 404)


def test_too_much_at_once_is_refused_with_what_may_be(collect: Collect) -> None:
    body = body_of([(XML_PART, "a.xml", "text/xml", b"x" * 100_000_001)])
    answer = post_body(collect, body)
    assert answer.status == 413
    assert "100" in answer.sentence
