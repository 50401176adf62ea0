"""A second visit is paired by id, compared with what was answered, and counts as no interview."""

import pytest

from surveys import checks, fieldwork, ledger, second_visits
from surveys.backchecks import draw, results, setup
from surveys.drafts import FormClosed
from surveys.models import Case, Doubt, Interview, Questionnaire, SecondVisit, Submission
from surveys.questionnaires import form_of, set_state
from surveys.second_visits import NotToVisit
from tests.factories import signed_in
from tests.losses import Lose, in_every_way
from tests.surveys.backchecks.season import (
    Team,
    drawn,
    interviews_of,
    make_backcheck,
    make_team,
    visit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def test_the_short_questionnaire_asks_what_was_chosen(team: Team) -> None:
    backcheck = make_backcheck(team)
    version = backcheck.short.current
    assert version is not None
    names = [question.name for question in form_of(version).questions]
    assert names == ["second_visit_outcome", "second_visit_seen", "age", "works", "hours"]
    assert backcheck.short.kind == Questionnaire.Kind.BACK_CHECK
    assert backcheck.lost == []


def test_both_visits_are_compared_answer_by_answer(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    second = visit(one, age="33", works="yes", hours="43")
    one.refresh_from_db()
    assert one.visit == second
    assert one.outcome == SecondVisit.Outcome.MET
    assert one.compared == {
        "second_visit_seen": ["yes", "yes", "same"],
        "g/age": [30.0, 33.0, "different"],
        "g/works": ["yes", "yes", "same"],
        "g/hours": [40.0, 43.0, "same"],
    }
    assert (one.differences, one.fixed, one.is_denied) == (1, 1, False)


@in_every_way
def test_a_second_visit_is_stored_though_the_first_cannot_be_read(lose: Lose, team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    lose(Submission.objects.filter(pk=one.first_id))
    second = visit(one, age="33", works="yes", hours="43")
    one.refresh_from_db()
    assert (one.visit, one.compared) == (second, {})


def test_what_did_not_apply_once_is_not_compared(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    visit(one, age="30", works="no")
    one.refresh_from_db()
    assert one.compared["g/works"] == ["yes", "no", "different"]
    assert "g/hours" not in one.compared


def test_who_is_not_met_is_asked_nothing_else(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    visit(one, second_visit_outcome="moved", second_visit_seen="")
    one.refresh_from_db()
    assert (one.outcome, one.compared) == (SecondVisit.Outcome.MOVED, {})
    assert not second_visits.waiting_for(team.checker).exists()


def test_a_second_visit_counts_as_no_interview_and_is_no_case(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    second = visit(one, age="30", works="yes", hours="40")
    assert not Interview.objects.counted().filter(pk=second.pk).exists()
    assert not Interview.objects.standing().filter(pk=second.pk).exists()
    assert second.case is None
    assert Case.objects.count() == 1
    checks.run(team.survey)
    assert not second.questionnaire.inspections.exists()
    assert fieldwork.sites_for(team.enumerators[0]).get().received == 1  # type: ignore[attr-defined]


def test_what_the_office_corrects_later_hides_no_mistake(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    seen = one.interview.current_id
    assert seen is not None
    ledger.correct(
        one.interview_id, {"g/age": "33"}, by=team.coordinator, reason="he said", seen=seen
    )
    visit(one, age="33", works="yes", hours="40")
    one.refresh_from_db()
    assert one.compared["g/age"] == [30.0, 33.0, "different"]


def test_answers_that_cannot_change_are_a_doubt_about_the_interview(team: Team) -> None:
    one = drawn(team, make_backcheck(team))
    checks.run(team.survey)
    visit(one, second_visit_seen="no", age="30", works="yes", hours="40")
    assert checks.waiting() == []  # looked at less than 15 minutes ago
    checks.run(team.survey)
    doubt = Doubt.objects.get(check_name="second_visit")
    assert (doubt.interview, doubt.enumerator) == (one.interview, team.enumerators[0])
    assert (doubt.detail, doubt.severity, doubt.numbers["value"]) == ("denied", 3, 1.0)


def test_only_who_was_given_it_visits_and_only_once(team: Team) -> None:
    backcheck = make_backcheck(team)
    one = drawn(team, backcheck)
    with pytest.raises(NotToVisit):
        second_visits.begin(team.enumerators[0], one.pk)
    checker = signed_in(team.checker)
    draft = second_visits.begin(checker, one.pk)
    assert second_visits.begin(checker, one.pk) == draft
    assert not second_visits.waiting_for(checker).exists()
    visit(one, age="30", works="yes", hours="40")
    with pytest.raises(NotToVisit):
        second_visits.begin(checker, one.pk)


def test_a_closed_back_check_asks_nobody_any_more(team: Team) -> None:
    backcheck = make_backcheck(team)
    one = drawn(team, backcheck)
    set_state(backcheck.short, Questionnaire.State.CLOSED)
    assert not second_visits.waiting_for(team.checker).exists()
    with pytest.raises(FormClosed):
        second_visits.begin(signed_in(team.checker), one.pk)


def test_coverage_and_rates_have_their_denominators(team: Team) -> None:
    backcheck = make_backcheck(team)
    interviews_of(team, team.enumerators[0], 3)
    draw.draw(backcheck.pk)
    first, second, _third = backcheck.visits.order_by("pk")
    visit(first, age="30", works="yes", hours="60")
    visit(second, second_visit_outcome="not_found", second_visit_seen="")
    visits = SecondVisit.objects.filter(backcheck=backcheck)
    (own,) = results.coverage_by(visits, "interview__enumerator")
    assert (own.name, own.drawn, own.met, own.not_found, own.waiting) == (
        team.enumerators[0].username, 3, 1, 1, 1,
    )  # fmt: skip
    assert results.looked_at(backcheck) == {team.enumerators[0].username: 3}
    (met,) = results.met_of(backcheck, visits)
    assert [row.outcome for row in met.rows] == ["same", "same", "same", "different"]
    tested = results.tests_of(backcheck, met.rows)
    assert tested["g/hours"].n == 1


def test_a_form_without_its_workbook_is_refused_in_words(team: Team) -> None:
    team.version.workbook = None
    team.version.save()
    with pytest.raises(setup.NotPossible, match="workbook"):
        make_backcheck(team)
