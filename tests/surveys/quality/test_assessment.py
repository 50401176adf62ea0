"""All checks together."""

from surveys.quality.assessment import assess
from surveys.quality.fieldwork import Broken, Kind
from surveys.quality.finding import About, Check
from surveys.quality.profiles import histogram
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import floats, make_fieldwork, make_question


def test_nothing_is_found_in_nothing() -> None:
    assessment = assess(make_fieldwork(0), Thresholds())
    assert (assessment.findings, assessment.suspicions, assessment.profiles) == ((), (), ())


def test_one_interview_is_no_trouble() -> None:
    questions = [make_question("q", [1.0]), make_question("r", [2.0])]
    assessment = assess(make_fieldwork(1, questions=questions), Thresholds())
    assert assessment.findings == ()
    assert [one.interviews for one in assessment.profiles] == [1]


def test_rules_of_the_form_are_passed_on_and_the_worst_comes_first() -> None:
    broken = (Broken("I1", "age", "constraint"), Broken("I1", "age", "required"))
    assessment = assess(make_fieldwork(3, broken=broken, case=["c", None, "c"]), Thresholds())
    found = assessment.findings
    assert [one.check for one in found] == [
        Check.SAME_CASE, Check.BROKEN_RULE, Check.BROKEN_RULE,
    ]  # fmt: skip
    assert (found[1].about, found[1].question, found[1].doubt) == (
        About.INTERVIEW, "age", "constraint",
    )  # fmt: skip
    assert found[1].key != found[2].key


def test_a_histogram_of_durations() -> None:
    counts, edges = histogram(floats([1, 2, 3, 4, None]), bins=3)
    assert (sum(counts), len(counts), len(edges)) == (2, 3, 4)  # the middle 99 %
    assert histogram(floats([None])) == ((), ())


def test_a_season_without_a_complete_interview_can_be_looked_at() -> None:
    scale = [make_question(f"v{at}", [1.0, 2.0], battery="v") for at in range(3)]
    number = make_question("n", [1.0, 2.0], Kind.NUMBER)
    refused = make_fieldwork(2, is_complete=[False, False], questions=(*scale, number))
    assessment = assess(refused, Thresholds())
    assert (assessment.findings, assessment.profiles) == ((), ())
