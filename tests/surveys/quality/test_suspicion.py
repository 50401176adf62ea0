"""Who may have made interviews up."""

from dataclasses import replace

import numpy as np
import pytest

from surveys.quality.assessment import Assessment, assess
from surveys.quality.finding import About, Check, Severity
from surveys.quality.measures import Measures
from surveys.quality.signs import Kind
from surveys.quality.suspicion import Verdict, find, of_kind, several_kinds, suspicions
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.people import Plan
from tests.surveys.quality.season import make
from tests.surveys.quality.small import make_fieldwork, make_question

MAKERS = {"E02": "copy", "E05": "home", "E08": "shorten"}


@pytest.fixture(scope="module")
def first_third() -> Assessment:
    """60 sites, 9 enumerators, 6 weeks, after two of them."""
    return assess(make(Plan(makers=MAKERS), 2, 1 / 3).fieldwork, Thresholds())


def test_who_makes_interviews_up_is_found_in_the_first_third(first_third: Assessment) -> None:
    suspected = {
        one.enumerator: one for one in first_third.suspicions if one.verdict is Verdict.SUSPECT
    }
    assert suspected.keys() == MAKERS.keys()
    assert {reason.sign for reason in suspected["E02"].reasons} >= {"copied", "sameness"}
    assert {reason.sign for reason in suspected["E05"].reasons} >= {"far", "pace", "straight"}
    assert {reason.sign for reason in suspected["E08"].reasons} >= {"late_pace", "straight"}
    assert len(suspected["E02"].proofs) > 10


def test_reasons_say_what_was_expected_and_what_would_have_been_noticed(
    first_third: Assessment,
) -> None:
    (home,) = (one for one in first_third.suspicions if one.enumerator == "E05")
    pace = next(reason for reason in home.reasons if reason.sign == "pace")
    assert pace.kind is Kind.TIME
    assert pace.value < pace.noticed < pace.expected
    far = next(reason for reason in home.reasons if reason.sign == "far")
    assert far.expected < far.noticed < far.value
    assert home.interviews >= far.interviews > 10


def test_findings_lead_to_the_interviews_behind_them(first_third: Assessment) -> None:
    found = [one for one in first_third.findings if one.check is Check.SUSPICION]
    alerts = [one for one in found if one.severity is Severity.ALERT]
    assert {one.name for one in alerts} == MAKERS.keys()
    assert all(one.about is About.ENUMERATOR and len(one.interviews) > 5 for one in alerts)


def test_profiles_put_them_side_by_side(first_third: Assessment) -> None:
    profiles = {one.enumerator: one for one in first_third.profiles}
    assert len(profiles) == 9
    assert profiles["E05"].pace is not None
    assert profiles["E05"].pace < 0.7
    assert profiles["E05"].straight is not None
    assert profiles["E05"].straight > 0.3
    assert max(profiles.values(), key=lambda one: one.findings).enumerator in MAKERS


@pytest.mark.parametrize(
    "plan",
    [
        Plan(),
        Plan(fast=2, pace_sd=0.25),
        Plan(is_confounded=True, dormitories=0.6, no_place=0.4),
        Plan(enumerators=4, people=6, no_log=1.0, no_place=1.0),
    ],
)
def test_honest_people_are_not_accused(plan: Plan) -> None:
    fieldwork = make(plan, 11, 1 / 3).fieldwork
    thought = suspicions(Measures(fieldwork, Thresholds()), Thresholds())
    assert [one.enumerator for one in thought if one.verdict is Verdict.SUSPECT] == []


def test_the_same_interviews_in_another_order_are_thought_of_alike() -> None:
    fieldwork = make(Plan(makers=MAKERS, sites=20), 3, 1.0).fieldwork
    shuffled = fieldwork.take(np.random.default_rng(1).permutation(len(fieldwork)))
    one, other = (assess(given, Thresholds()) for given in (fieldwork, shuffled))
    assert [a.enumerator for a in one.suspicions] == [b.enumerator for b in other.suspicions]
    assert {a.key for a in one.findings} == {b.key for b in other.findings}


def test_too_few_interviews_are_not_judged() -> None:
    questions = [make_question(f"q{n}", [float(n % 3), 1.0, 2.0]) for n in range(5)]
    (thought,) = suspicions(
        Measures(make_fieldwork(3, questions=questions), Thresholds()), Thresholds()
    )
    assert (thought.verdict, thought.p, thought.kinds) == (Verdict.TOO_FEW, None, ())
    assert suspicions(Measures(make_fieldwork(0), Thresholds()), Thresholds()) == ()


def test_two_interviews_at_once_again_and_again_need_nothing_else() -> None:
    plan = Plan(makers={"E04": "double"}, no_place=1.0, no_log=1.0, sites=30)
    fieldwork = replace(make(plan, 5, 1 / 3).fieldwork, questions=())
    thought = suspicions(Measures(fieldwork, Thresholds()), Thresholds())
    assert [one.enumerator for one in thought if one.verdict is Verdict.SUSPECT] == ["E04"]
    assert thought[0].proofs


def test_one_kind_of_evidence_alone_is_not_enough() -> None:
    one_kind = np.array([[1e-12], [0.3], [0.6], [0.9]])
    two_kinds = np.array([[1e-12], [1e-3], [0.6], [0.9]])
    three_kinds = np.array([[0.02], [0.02], [0.02], [0.9]])
    assert several_kinds(one_kind)[0] > 0.5
    assert several_kinds(two_kinds)[0] < 2e-5
    assert several_kinds(three_kinds)[0] < 1e-4
    assert np.isnan(several_kinds(np.array([[1e-12], [np.nan]]))).all()


def test_a_kind_shares_its_claim_among_its_signs() -> None:
    p = np.array([[0.01, 0.5, np.nan], [0.5, 0.01, np.nan]])
    weights = np.array([3.0, 1.0])
    assert of_kind(p, weights)[:2].tolist() == pytest.approx([0.01 * 4 / 3, 0.04])
    assert np.isnan(of_kind(p, weights)[2])
    assert of_kind(np.array([[0.02], [np.nan]]), weights).tolist() == [0.02]


def test_chances_of_an_honest_team_are_what_they_say() -> None:
    by_kind = np.random.default_rng(6).random((7, 20_000))
    chance = several_kinds(by_kind)
    for level in (0.01, 0.05):
        assert np.mean(chance <= level) <= level


def test_somebody_quick_is_worth_a_look_and_not_accused() -> None:
    season = make(Plan(fast=0, pace_sd=0.05, refusals=0.0), 8, 1 / 3).fieldwork
    quick = season.enumerator.codes == 3
    hurried = np.where(quick, season.start + 0.4 * (season.end - season.start), season.end)
    fieldwork = replace(season, end=hurried)
    thresholds = Thresholds()
    measures = Measures(fieldwork, thresholds)
    thought = {one.enumerator: one for one in suspicions(measures, thresholds)}
    assert thought["E04"].verdict is Verdict.LOOK
    assert thought["E04"].p is not None
    assert thought["E04"].p < thresholds.look_p
    (found,) = (one for one in find(measures, list(thought.values())) if one.name == "E04")
    assert (found.severity, found.doubt) == (Severity.WATCH, "look")
