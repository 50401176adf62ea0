"""What became of selected people: from attempts and interviews, in whatever order they come."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from surveys import attempts, drafts, fieldwork, review, worklists
from surveys.attempts import NotTried, Record
from surveys.fieldwork import SiteNotYours
from surveys.models import Attempt, Case, Interview, QuestionnaireVersion, Role, Site, User, Wave
from surveys.models.decision import Verdict
from surveys.sampling.outcomes import Outcome
from surveys.submissions import Sender
from surveys.worklists import NotListed
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.listing import MONDAY, listed, tried

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1")


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey)


@pytest.fixture
def case(site: Site) -> Case:
    return listed(site, "C1")[0]


def now(case: Case) -> tuple[str, int, bool]:
    case.refresh_from_db()
    return case.outcome, case.attempt_count, case.is_settled


def interviewed(
    version: QuestionnaireVersion, person: User, case: Case, *ids: str, is_practice: bool = False
) -> Interview:
    answers = {"psu_id": case.site.code, "age": "30", "works": "no"}
    told = Sender(person, case_code=case.code, is_practice=is_practice)
    instance_id, corrects = ids or ("", "")
    return receive(version, told, instance_id, corrects, **answers).submission.interview


def test_an_attempt_says_what_became_of_the_person_and_when_to_come_back(
    case: Case, person: User
) -> None:
    assert now(case) == ("not_attempted", 0, False)
    tried(case, person, Outcome.NOBODY_HOME)
    assert now(case) == ("nobody_home", 1, False)
    assert case.due_at == MONDAY + timedelta(days=1)
    tried(case, person, Outcome.CALL_BACK, 1, again=4)
    assert now(case) == ("call_back", 2, False)
    assert (case.due_at, case.tried_by) == (MONDAY + timedelta(days=4), person)
    tried(case, person, Outcome.REFUSED, 4)
    assert now(case) == ("refused", 3, True)
    assert case.due_at is None


def test_sent_twice_it_is_kept_once(case: Case, person: User) -> None:
    told = Record(uuid4(), Outcome.NOBODY_HOME, MONDAY)
    first = attempts.record(case, person, told)
    assert attempts.record(case, person, told) == first
    assert now(case) == ("nobody_home", 1, False)


def test_an_interview_is_an_attempt_and_counts_over_all(
    case: Case, person: User, version: QuestionnaireVersion
) -> None:
    interviewed(version, person, case)
    tried(case, person, Outcome.NOBODY_HOME, -3)  # which came in later
    assert now(case) == ("completed", 2, True)
    assert case.tried_by == person


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.RETURN])
def test_an_interview_that_is_rejected_was_none_and_one_that_is_returned_was(
    case: Case, person: User, version: QuestionnaireVersion, verdict: Verdict
) -> None:
    interview = interviewed(version, person, case)
    coordinator = make_member(case.site.survey, Role.COORDINATOR)
    review.decide(interview.pk, verdict, by=coordinator, reason="Nobody lives there.")
    is_rejected = verdict == Verdict.REJECT
    assert now(case) == (("not_attempted", 0, False) if is_rejected else ("completed", 1, True))


def test_practice_is_no_attempt(case: Case, person: User, version: QuestionnaireVersion) -> None:
    interviewed(version, person, case, is_practice=True)
    assert now(case) == ("not_attempted", 0, False)


def test_who_was_met_unlisted_is_in_no_list(
    site: Site, person: User, version: QuestionnaireVersion
) -> None:
    receive(version, Sender(person), psu_id="S1", age="30", works="no")
    met = Case.objects.get()
    assert not met.is_listed
    assert now(met) == ("not_attempted", 0, False)
    assert not worklists.people_at(site)


def test_a_correction_that_names_somebody_else_moves_the_interview(
    site: Site, person: User, version: QuestionnaireVersion
) -> None:
    one, other = listed(site, "C1", "C2")
    interviewed(version, person, one, "uuid:1", "")
    interviewed(version, person, other, "uuid:2", "uuid:1")
    assert now(one) == ("not_attempted", 0, False)
    assert now(other) == ("completed", 1, True)


def test_an_interview_begun_with_a_person_is_that_person_s(
    case: Case, person: User, version: QuestionnaireVersion
) -> None:
    draft = drafts.start(person, case.site, version.questionnaire, case)
    drafts.finish(draft, break_off=True)
    assert Interview.objects.get().case == case
    assert now(case)[:2] == ("partial", 1)


def test_what_is_written_down_can_be_made_again(
    case: Case, person: User, version: QuestionnaireVersion
) -> None:
    interviewed(version, person, case)
    tried(case, person, Outcome.NOBODY_HOME, -3)
    kept = now(case)
    assert attempts.rebuild(Case.objects.all()) == 0
    Case.objects.update(outcome="moved", attempt_count=9, is_settled=False)
    assert attempts.rebuild(Case.objects.all()) == 1
    assert now(case) == kept


@pytest.mark.parametrize(
    "told",
    [
        Record(uuid4(), Outcome.COMPLETED, MONDAY),
        Record(uuid4(), Outcome.NOT_ATTEMPTED, MONDAY),
        Record(uuid4(), Outcome.CALL_BACK, MONDAY, MONDAY - timedelta(hours=1)),
    ],
)
def test_what_cannot_have_been_is_refused(case: Case, person: User, told: Record) -> None:
    with pytest.raises(NotTried):
        attempts.record(case, person, told)
    assert not Attempt.objects.exists()


def test_only_who_works_there_records(case: Case, person: User) -> None:
    stranger = make_enumerator(make_site(case.site.survey, "S2"), "E02")
    with pytest.raises(SiteNotYours):
        tried(case, stranger, Outcome.REFUSED)
    with pytest.raises(NotListed):
        worklists.person_for(stranger, case.pk)
    with pytest.raises(SiteNotYours):
        worklists.person_for(make_member(case.site.survey, Role.ANALYST), case.pk)
    assert worklists.person_for(person, case.pk) == case
    with pytest.raises(NotListed):
        worklists.person_for(person, case.pk + 1)


def test_a_slip_is_taken_back_for_an_hour_by_who_made_it(case: Case, person: User) -> None:
    other = make_enumerator(make_site(case.site.survey, "S2"), "E02")
    slip = tried(case, person, Outcome.REFUSED)
    with pytest.raises(NotTried):
        attempts.take_back(case, slip.pk, other)
    attempts.take_back(case, slip.pk, person)
    assert now(case) == ("not_attempted", 0, False)
    old = tried(case, person, Outcome.REFUSED)
    Attempt.objects.update(received_at=timezone.now() - timedelta(hours=2))
    with pytest.raises(NotTried):
        attempts.take_back(case, old.pk, person)


def test_whom_to_come_back_to_is_of_this_wave_and_of_my_sites(site: Site, person: User) -> None:
    first, second = listed(site, "C1", "C2")
    make_enumerator(elsewhere := make_site(site.survey, "S2"), "E02")
    (theirs,) = listed(elsewhere, "C3")
    tried(first, person, Outcome.CALL_BACK, again=3)
    tried(second, person, Outcome.CALL_BACK, again=2)
    tried(theirs, elsewhere.assignments.get().enumerator, Outcome.CALL_BACK, again=1)
    until = MONDAY + timedelta(days=3)
    assert worklists.due_for(person, until, 9) == [second, first]
    assert worklists.due_for(person, until, 1) == [second]
    assert worklists.progress_at([site], until) == {site.pk: worklists.Progress(2, 0, 2)}
    Wave.objects.create(survey=site.survey, number=2)
    assert worklists.due_for(person, until, 9) == []
    assert worklists.progress_at([site]) == {}
    assert fieldwork.current_wave(site.survey).number == 2
