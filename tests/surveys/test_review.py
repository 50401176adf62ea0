"""A person's word on interviews that wait: counted, put in another's place, rejected; and scores follow."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from scoring import pipeline, schemes, verification
from scoring.models import SiteCells
from surveys import comments, review, submissions, verdicts
from surveys.models import (
    Case,
    Comment,
    Decision,
    Entity,
    Finding,
    Interview,
    QuestionnaireVersion,
    Role,
    Site,
    Submission,
    Survey,
    User,
)
from surveys.models.decision import Verdict
from surveys.review import Undecidable
from surveys.signals import submission_saved
from surveys.submissions import Sender
from surveys.xforms.instance import Instance, read_instance
from tests.factories import (
    NOBODY,
    SMALL_FORM,
    instance_xml,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
    receive,
)
from tests.scoring.test_concurrency import together
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.surveys import panel
from tests.surveys.test_corrections import follow, panel_of
from tests.surveys.xforms.sealing import seal

pytestmark = pytest.mark.django_db
State = Interview.State


@pytest.fixture
def enumerator(site: Site, version: QuestionnaireVersion) -> User:
    return make_enumerator(site)


@pytest.fixture
def send(version: QuestionnaireVersion, enumerator: User) -> Callable[..., Interview]:
    def send(
        name: str,
        corrects: str = "",
        *,
        psu_id: str = "S1",
        works: str = "no",
        changed: tuple[str, str] = ("", ""),
        by: User | None = None,
    ) -> Interview:
        instance = made(version, name, corrects, psu_id=psu_id, works=works, changed=changed)
        survey = version.questionnaire.survey
        receipt = submissions.receive(instance, survey, Sender(by or enumerator))
        return Interview.objects.get(pk=receipt.submission.interview_id)

    return send


def made(
    version: QuestionnaireVersion,
    name: str,
    corrects: str,
    *,
    psu_id: str,
    works: str,
    changed: tuple[str, str],
) -> Instance:
    xml = instance_xml(version, name, corrects, psu_id=psu_id, age="30", works=works)
    old, new = changed
    return read_instance(xml.replace(old.encode(), new.encode()))


def kinds(interview: Interview) -> set[str]:
    found = Finding.objects.filter(submission=interview.current_id)
    return set(found.values_list("kind", flat=True))


def test_what_waits_counts_when_somebody_says_so(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    make_site(site.survey, "S2")
    waits = send("uuid:1", psu_id="S2")
    assert waits.state == State.QUARANTINED
    before = waits.changed_at
    decided = review.decide(waits.pk, Verdict.COUNT, by=coordinator, reason="He stood in for E02.")
    assert decided.state == State.SUBMITTED
    assert decided.changed_at > before
    assert Interview.objects.counted().get() == waits
    assert kinds(decided) == {Finding.Kind.UNASSIGNED_SITE}  # that remains true
    kept = Decision.objects.get()
    assert (kept.interview, kept.submission_id) == (waits, waits.current_id)
    assert (kept.by, kept.reason) == (coordinator, "He stood in for E02.")
    assert str(kept) == "Counts"


def test_a_rejection_stands_until_somebody_takes_it_back(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    make_site(site.survey, "S2")
    waits = send("uuid:1", psu_id="S2")
    assert review.decide(waits.pk, Verdict.REJECT, by=coordinator).state == State.REJECTED
    assert not Interview.objects.counted().exists()
    with pytest.raises(Undecidable, match="already"):
        review.decide(waits.pk, Verdict.REJECT, by=coordinator)
    assert review.decide(waits.pk, Verdict.COUNT, by=coordinator).state == State.SUBMITTED
    assert [one.verdict for one in Decision.objects.all()] == [Verdict.REJECT, Verdict.COUNT]


def test_what_counts_is_approved_returned_held_or_rejected(
    send: Callable[..., Interview], coordinator: User
) -> None:
    counts = send("uuid:1")
    offered = (Verdict.APPROVE, Verdict.RETURN, Verdict.HOLD, Verdict.REJECT)
    assert verdicts.verdicts_on(counts, coordinator) == offered
    for verdict in set(Verdict) - set(offered):
        with pytest.raises(Undecidable, match="already"):
            review.decide(counts.pk, verdict, by=coordinator)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("verdict", set(verdicts.STEPS) - {Verdict.REPLACE})
def test_a_verdict_leads_from_its_states_to_its_state(
    send: Callable[..., Interview], coordinator: User, verdict: Verdict
) -> None:
    interview, step = send("uuid:1"), verdicts.STEPS[verdict]
    for state in State:
        Interview.objects.update(state=state)
        if state in step.before:
            decided = review.decide(interview.pk, verdict, by=coordinator, reason="Ask again.")
            assert Interview.objects.get().state == decided.state == step.after
        else:
            with pytest.raises(Undecidable):
                review.decide(interview.pk, verdict, by=coordinator, reason="Ask again.")
            assert Interview.objects.get().state == state
    words = Decision.objects.values_list("before", "after", "verdict")
    assert set(words) == {(state, step.after, verdict) for state in step.before}


def test_a_return_says_why(send: Callable[..., Interview], coordinator: User) -> None:
    interview = send("uuid:1")
    with pytest.raises(Undecidable, match="what the enumerator should do"):
        review.decide(interview.pk, Verdict.RETURN, by=coordinator, reason=" ")
    comments.say(interview.pk, "30? Please ask again.", by=coordinator, path="g/age")
    assert review.decide(interview.pk, Verdict.RETURN, by=coordinator).state == State.RETURNED
    review.decide(interview.pk, Verdict.APPROVE, by=coordinator)
    assert Comment.objects.get().resolved_at is not None
    review.decide(interview.pk, Verdict.RETURN, by=coordinator, reason="And the hours.")
    assert [one.text for one in Comment.objects.unanswered()] == ["And the hours."]
    assert Decision.objects.last().reason == ""  # type: ignore[union-attr]


def test_comments_of_a_correction_go_with_it(
    send: Callable[..., Interview], coordinator: User
) -> None:
    counts, waits = two_corrections(send)
    comments.say(waits.pk, "Who is this?", by=coordinator)
    review.decide(waits.pk, Verdict.REPLACE, by=coordinator)
    assert Comment.objects.get().interview == counts


@pytest.mark.parametrize(
    ("role", "team", "is_theirs"),
    [
        (Role.COORDINATOR, "", True),
        (Role.SUPERVISOR, "north", True),
        (Role.SUPERVISOR, "south", False),
        (Role.ANALYST, "", False),
        (Role.ENUMERATOR, "north", False),
    ],
)
def test_coordinators_and_their_own_supervisors_decide(
    send: Callable[..., Interview],
    site: Site,
    enumerator: User,
    role: Role,
    team: str,
    *,
    is_theirs: bool,
) -> None:
    enumerator.memberships.update(team="north")
    make_site(site.survey, "S2")
    waits = send("uuid:1", psu_id="S2")
    person = make_member(site.survey, role, team=team)
    assert bool(verdicts.verdicts_on(waits, person)) is is_theirs
    if is_theirs:
        review.decide(waits.pk, Verdict.COUNT, by=person)
    else:
        with pytest.raises(Undecidable, match="not yours"):
            review.decide(waits.pk, Verdict.COUNT, by=person)
    assert Interview.objects.counted().exists() is is_theirs


def test_strangers_decide_nothing_and_superusers_everything(
    send: Callable[..., Interview], site: Site, enumerator: User
) -> None:
    make_site(site.survey, "S2")
    waits = send("uuid:1", psu_id="S2")
    stranger = make_member(make_survey(), Role.COORDINATOR)
    assert verdicts.verdicts_on(waits, stranger) == verdicts.verdicts_on(waits, enumerator) == ()
    assert verdicts.verdicts_on(waits, make_user(is_superuser=True)) == (
        Verdict.COUNT,
        Verdict.REJECT,
    )


def two_corrections(send: Callable[..., Interview]) -> tuple[Interview, Interview]:
    """An interview that was corrected, and another correction of its first version, which waits."""
    send("uuid:1")
    counts = send("uuid:2", "uuid:1")
    return counts, send("uuid:3", "uuid:1", works="yes")


def test_a_correction_can_take_the_place_of_its_original(
    send: Callable[..., Interview], coordinator: User
) -> None:
    counts, waits = two_corrections(send)
    assert verdicts.verdicts_on(waits, coordinator) == (
        Verdict.REPLACE,
        Verdict.COUNT,
        Verdict.REJECT,
    )
    decided = review.decide(waits.pk, Verdict.REPLACE, by=coordinator)
    assert decided == counts
    assert decided.answers["g/works"] == "yes"
    assert decided.current is not None
    assert decided.current.instance_id == "uuid:3"
    assert [one.instance_id for one in decided.submissions.order_by("pk")] == [
        "uuid:1",
        "uuid:2",
        "uuid:3",
    ]
    assert Interview.objects.get().state == State.SUBMITTED
    assert kinds(decided) == set()
    assert Case.objects.get() == decided.case  # the one that was made up for it is gone


def test_a_correction_can_count_beside_its_original(
    send: Callable[..., Interview], coordinator: User
) -> None:
    _, waits = two_corrections(send)
    review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    assert Interview.objects.counted().count() == 2
    again = send("uuid:4", "uuid:3")  # is a correction like any other from now on
    assert (again, again.state) == (waits, State.SUBMITTED)


def test_a_correction_of_what_is_not_here_counts_by_itself(
    send: Callable[..., Interview], coordinator: User
) -> None:
    waits = send("uuid:3", "uuid:1")
    assert verdicts.verdicts_on(waits, coordinator) == (Verdict.COUNT, Verdict.REJECT)
    with pytest.raises(Undecidable):
        review.decide(waits.pk, Verdict.REPLACE, by=coordinator)
    assert review.decide(waits.pk, Verdict.COUNT, by=coordinator).state == State.SUBMITTED


def test_an_original_that_comes_after_its_correction_was_let_count_goes_behind_it(
    send: Callable[..., Interview], coordinator: User
) -> None:
    correction = send("uuid:2", "uuid:1", works="no")
    review.decide(correction.pk, Verdict.COUNT, by=coordinator)
    late = send("uuid:1", works="yes")
    assert late == correction
    counted = Interview.objects.counted().get()
    assert (counted.root_uuid, counted.answers["g/works"]) == ("uuid:1", "no")


def test_nobody_puts_anything_in_the_place_of_an_interview_that_is_not_theirs(
    send: Callable[..., Interview], site: Site, enumerator: User
) -> None:
    """Their own enumerator's correction of another team's interview."""
    enumerator.memberships.update(team="north")
    other = make_enumerator(site)
    send("uuid:1", by=other)
    waits = send("uuid:2", "uuid:1")
    supervisor = make_member(site.survey, Role.SUPERVISOR, team="north")
    assert verdicts.verdicts_on(waits, supervisor) == (Verdict.COUNT, Verdict.REJECT)


def test_files_of_the_original_are_kept(
    site: Site, coordinator: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    version = make_version(
        site.survey,
        SMALL_FORM.replace("| start  ", "| image | photo | Photo | | | | | |\n|  | start  ", 1),
    )

    def send(name: str, corrects: str, *files: str) -> Interview:
        here = [ContentFile(b"picture", file) for file in files]
        answers = {"psu_id": "S1", "photo": "a.jpg"}
        receipt = receive(version, NOBODY, name, corrects, here, **answers)
        return receipt.submission.interview

    send("uuid:1", "", "a.jpg")
    send("uuid:2", "uuid:1")
    waits = send("uuid:3", "uuid:1")
    decided = review.decide(waits.pk, Verdict.REPLACE, by=coordinator)
    assert decided.current is not None
    with decided.current.attachments.get().file.open() as file:
        assert file.read() == b"picture"


def test_an_encrypted_interview_can_only_be_rejected(
    site: Site, version: QuestionnaireVersion, coordinator: User
) -> None:
    plain = instance_xml(version, "uuid:1", psu_id="S1", age="30", works="no")
    sealed = seal(plain, "uuid:1")
    instance = read_instance(sealed.xml)
    waits = submissions.receive(instance, site.survey, Sender(None)).submission.interview
    assert verdicts.verdicts_on(waits, coordinator) == (Verdict.REJECT,)
    with pytest.raises(Undecidable, match="Decrypt it first"):
        review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    assert review.decide(waits.pk, Verdict.REJECT, by=coordinator).state == State.REJECTED


def test_what_names_no_site_counts_once_the_site_is_there(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    waits = send("uuid:1", psu_id="S9")
    with pytest.raises(Undecidable, match="“S9”"):
        review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    new = make_site(site.survey, "S9")
    decided = review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    assert decided.site == new
    assert decided.case is not None
    assert decided.case.site == new
    assert kinds(decided) == set()


@pytest.mark.parametrize("verdict", [Verdict.COUNT, Verdict.REPLACE])
def test_what_waited_belongs_to_the_person_that_it_chose(verdict: Verdict) -> None:
    site, person = panel_of("C1", "C2")
    follow(site, person, "C1", instance_id="uuid:1")
    waits = follow(site, person, "C2", "uuid:1", version="2")
    assert waits.case is None
    make_version(site.survey, panel.FOLLOW_UP.replace("| follow | 1 |", "| follow | 2 |"))
    decided = review.decide(waits.pk, verdict, by=make_member(site.survey, Role.COORDINATOR))
    assert (str(decided.case), str(decided.site)) == ("C2", "S1")
    assert set(Case.objects.values_list("code", flat=True)) == {"C1", "C2"}


NO_SITE_FORM = """
| survey |  |  |  |
|  | type | name | label |
|  | text | job | Job |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Short | short | 1 |
"""


def test_what_a_form_does_not_ask_the_decider_says(site: Site, coordinator: User) -> None:
    version = make_version(site.survey, NO_SITE_FORM)
    waits = receive(version, job="cook").submission.interview
    assert review.needs_site(waits)
    with pytest.raises(Undecidable, match="Choose the site"):
        review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    decided = review.decide(waits.pk, Verdict.COUNT, by=coordinator, site=site)
    assert (decided.site, decided.state) == (site, State.SUBMITTED)
    assert decided.case is not None
    assert decided.case.site == site
    assert not review.needs_site(decided)


def test_a_site_that_the_answers_name_is_not_chosen(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    waits = send("uuid:1", psu_id="S9")
    assert not review.needs_site(waits)
    with pytest.raises(Undecidable, match="“S9”"):
        review.decide(waits.pk, Verdict.COUNT, by=coordinator, site=site)
    blank = send("uuid:2", psu_id="")
    assert review.needs_site(blank)
    assert review.decide(blank.pk, Verdict.COUNT, by=coordinator, site=site).site == site


def test_a_version_that_came_with_the_form_needs_a_site_as_well(
    site: Site, coordinator: User
) -> None:
    version = make_version(site.survey, NO_SITE_FORM)
    xml = instance_xml(version, job="cook").replace(b'version="1"', b'version="2"')
    waits = submissions.receive(read_instance(xml), site.survey, Sender(None)).submission.interview
    assert not review.needs_site(waits)
    make_version(site.survey, NO_SITE_FORM.replace("| short | 1", "| short | 2"))
    assert review.needs_site(waits)
    assert review.decide(waits.pk, Verdict.COUNT, by=coordinator, site=site).site == site


def test_a_version_that_nobody_has_looked_at_does_not_count(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    make_site(site.survey, "S2")
    waits = send("uuid:1", psu_id="S2")
    seen = waits.current_id
    changed = send("uuid:2", "uuid:1", psu_id="S2", works="yes")
    assert changed == waits
    with pytest.raises(Undecidable, match="changed since"):
        review.decide(waits.pk, Verdict.COUNT, by=coordinator, seen=seen)
    decided = review.decide(waits.pk, Verdict.COUNT, by=coordinator, seen=changed.current_id)
    assert decided.answers["g/works"] == "yes"


def test_what_has_an_unknown_version_counts_once_that_is_published(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    waits = send("uuid:1", changed=('version="1"', 'version="2"'))
    with pytest.raises(Undecidable, match="Version 2"):
        review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    later = SMALL_FORM.replace("| Small        | small   | 1 ", "| Small | small | 2 ")
    published = make_version(site.survey, later.replace(". >= 16 and", ". >= 40 and"))
    decided = review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    assert Submission.objects.get().version == published
    assert decided.site == site
    assert decided.skipped == ["g/hours"]
    assert kinds(decided) == {Finding.Kind.CONSTRAINT}


def test_lists_follow_once_it_counts() -> None:
    site, person = panel.begin()
    waits = panel.send(panel.entering("a-person", phone="1", site="later"), site, person)
    assert not Entity.objects.exists()
    make_site(site.survey, "later")
    head = make_member(site.survey, Role.COORDINATOR)
    review.decide(waits.submission.interview_id, Verdict.COUNT, by=head)
    assert panel.entity(site, "a-person").data["phone"] == "1"


def test_nothing_is_changed_where_it_cannot_count(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    """The version is here by now, the site is not."""
    waits = send("uuid:1", psu_id="S9", changed=('version="1"', 'version="2"'))
    make_version(site.survey, SMALL_FORM.replace("| small   | 1 ", "| small | 2 "))
    with pytest.raises(Undecidable, match="“S9”"):
        review.decide(waits.pk, Verdict.COUNT, by=coordinator)
    assert Submission.objects.get().version is None
    assert kinds(waits) == {Finding.Kind.UNKNOWN_VERSION, Finding.Kind.UNKNOWN_SITE}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_words_at_once_one_stands(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    _, waits = two_corrections(send)
    refused: list[Undecidable] = []

    def decide(verdict: Verdict) -> None:
        try:
            review.decide(waits.pk, verdict, by=coordinator)
        except Undecidable as error:
            refused.append(error)

    together(*[lambda: decide(Verdict.REPLACE), lambda: decide(Verdict.COUNT)] * 3)
    assert len(refused) == 5
    decision = Decision.objects.get()
    assert Interview.objects.count() == (1 if decision.verdict == Verdict.REPLACE else 2)
    assert Interview.objects.counted().count() == Interview.objects.count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_correction_that_arrives_while_somebody_decides_is_told(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    make_site(site.survey, "S2")
    refused: list[str] = []

    def decide(waits: Interview) -> None:
        try:
            review.decide(waits.pk, Verdict.COUNT, by=coordinator, seen=waits.current_id)
        except Undecidable as error:
            refused.append(str(error))

    def correct(n: int) -> None:
        send(f"uuid:b{n}", f"uuid:a{n}", psu_id="S2")

    for n in range(8):
        waits = send(f"uuid:a{n}", psu_id="S2")
        together(partial(correct, n), partial(decide, waits))
    assert set(refused) <= {"It was changed since you opened it. Look again."}


def test_scores_follow_every_decision(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    schemes.add(site.survey, SMALL_SCHEME, "equal", is_default=True)
    heard: list[int] = []

    def listener(submission_id: int, **_: object) -> None:
        heard.append(submission_id)

    _, waits = two_corrections(send)
    beside = send("uuid:5", "uuid:1", works="yes")
    pipeline.sweep()
    assert people(site) == 1
    submission_saved.connect(listener)
    try:
        decided = review.decide(waits.pk, Verdict.REPLACE, by=coordinator)
        review.decide(beside.pk, Verdict.COUNT, by=coordinator)
    finally:
        submission_saved.disconnect(listener)
    pipeline.sweep()
    assert heard == [decided.current_id, beside.current_id]
    assert people(site) == 2
    assert list(verification.differences(site.survey)) == []


def people(site: Site) -> int:
    return SiteCells.objects.get(site=site).people


@pytest.mark.parametrize(
    ("rule", "counted"),
    [
        (Survey.Counts.NOT_REJECTED, {"submitted", "flagged", "returned", "approved"}),
        (Survey.Counts.NOT_HELD, {"submitted", "approved"}),
        (Survey.Counts.APPROVED, {"approved"}),
    ],
)
def test_the_rule_of_the_survey_says_what_counts(
    send: Callable[..., Interview], site: Site, rule: Survey.Counts, counted: set[str]
) -> None:
    for number, state in enumerate(State):
        interview = send(f"uuid:{number}")
        Interview.objects.filter(pk=interview.pk).update(state=state)
    Survey.objects.filter(pk=site.survey_id).update(counts=rule)
    make_survey(counts=Survey.Counts.APPROVED)  # another's rule is its own
    assert set(Interview.objects.counted().values_list("state", flat=True)) == counted


def test_scores_follow_the_rule_and_the_approval(
    send: Callable[..., Interview], site: Site, coordinator: User
) -> None:
    schemes.add(site.survey, SMALL_SCHEME, "equal", is_default=True)
    interviews = [send(f"uuid:{number}") for number in range(2)]
    pipeline.sweep()
    assert people(site) == 2
    Survey.objects.filter(pk=site.survey_id).update(counts=Survey.Counts.APPROVED)
    pipeline.sweep()
    assert people(site) == 0
    review.decide(interviews[0].pk, Verdict.APPROVE, by=coordinator)
    pipeline.catch_up()
    assert people(site) == 1
    assert list(verification.differences(site.survey)) == []
