"""Weights in stages: who refused is stood for by others of the stratum; earlier ones used again."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from scoring import pipeline, schemes, weights
from scoring.maths.raking import Margin
from scoring.maths.weighting import WeightingError
from scoring.schemes import UnknownDivision
from surveys.fieldwork import current_wave
from surveys.models import Case, Interview, Survey, Weight, WeightVersion
from surveys.submissions import Sender
from tests.factories import make_interview, make_site, make_survey, make_version, receive
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.surveys.listing import listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    """Three interviews in stratum a, one of them refused, and one in b; none is scored yet."""
    survey = make_survey()
    version = make_version(survey)
    schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    a = make_site(survey, "A1", stratum="a", design_weight=2.0)
    b = make_site(survey, "B1", stratum="b", design_weight=5.0)
    refused, *_ = [make_interview(site, version) for site in (a, a, a, b)]
    Interview.objects.filter(pk=refused.pk).update(outcome=Interview.Outcome.REFUSED)
    return survey


def made(survey: Survey, name: str = "first", **classes: dict[str, float]) -> WeightVersion:
    margins = [Margin(way, people) for way, people in classes.items()]
    return weights.make(schemes.find(survey), current_wave(survey), name, margins)


def test_who_refused_is_stood_for_in_the_stratum(survey: Survey) -> None:
    version = made(survey)
    values = Weight.objects.filter(version=version).values_list("value", flat=True)
    assert sorted(values) == [3.0, 3.0, 5.0]
    assert [(stage["name"], stage["sum"]) for stage in version.stages] == [
        ("design", 11.0),
        ("response", 11.0),
    ]


def test_a_margin_of_the_design_is_met(survey: Survey) -> None:
    version = made(survey, stratum={"a": 60.0, "b": 40.0})
    values = Weight.objects.filter(version=version).values_list("value", flat=True)
    assert sorted(values) == pytest.approx([30.0, 30.0, 40.0])


def test_a_name_is_given_once_and_what_fails_changes_nothing(survey: Survey) -> None:
    first = made(survey)
    with pytest.raises(WeightingError, match="first"):
        made(survey)
    with pytest.raises(WeightingError):
        made(survey, "second", stratum={"a": 60.0, "c": 40.0})
    assert WeightVersion.objects.get() == first
    assert first.is_current


def test_earlier_weights_are_used_again_and_scoring_finds_where(survey: Survey) -> None:
    scheme, first = schemes.find(survey), made(survey)
    made(survey, "second", stratum={"a": 60.0, "b": 40.0})
    list(pipeline.steps(scheme))
    weights.use(first)
    assert weights.current(current_wave(survey)) == first
    list(pipeline.steps(scheme))
    assert set(scheme.sites.values_list("weights__name", flat=True)) == {"first"}
    assert list(pipeline.steps(scheme)) == []


def test_using_what_is_used_changes_nothing(survey: Survey) -> None:
    first = made(survey)
    weights.use(first)
    assert weights.current(current_wave(survey)) == first


@pytest.mark.parametrize("name", ["", " ", "two words", "x" * 51])
def test_a_name_is_one_word(survey: Survey, name: str) -> None:
    with pytest.raises(WeightingError, match="1 to 50 letters"):
        made(survey, name)
    assert not WeightVersion.objects.exists()


def test_a_margin_names_a_way_to_divide_people(survey: Survey) -> None:
    with pytest.raises(UnknownDivision) as refused:
        made(survey, sex={"f": 1.0, "m": 1.0})
    assert str(refused.value) == (
        "There is no way to divide people called “sex”. There are: stratum."
    )


def test_nobody_stands_for_more_than_there_are(survey: Survey) -> None:
    with pytest.raises(WeightingError, match="stand for 1e\\+12 people, more than 1,000,000,000"):
        made(survey, stratum={"a": 1e12, "b": 1e12})
    assert not WeightVersion.objects.exists()


def ordered(survey: Survey, **options: object) -> str:
    out = StringIO()
    call_command("weigh", survey=survey.code, stdout=out, **options)
    return out.getvalue()


def test_the_command_takes_earlier_weights_and_scores_by_them(survey: Survey) -> None:
    first = made(survey)
    made(survey, "second")
    assert ordered(survey, use="first") == f"first are the current weights of {survey.code}.\n"
    assert set(survey.schemes.get().sites.values_list("weights", flat=True)) == {first.pk}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"use": "third"}, "There are no weights “third”. There are: first."),
        ({"use": ""}, "There are no weights “”. There are: first."),
        ({"name": "third", "base": "none"}, "There are no weights “none”. There are: first."),
        ({"use": "first", "base": "first"}, "leave out --margins, --base and --no-trim"),
        ({"name": "third", "margins": "/nowhere"}, "/nowhere cannot be read"),
        ({"name": ""}, "Give the weights a name"),
    ],
)
def test_the_command_refuses_in_words(
    survey: Survey, options: dict[str, str], sentence: str
) -> None:
    made(survey)
    with pytest.raises(CommandError) as refused:
        ordered(survey, **options)
    assert sentence in str(refused.value)


def test_the_command_names_the_file_of_wrong_margins(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "margins.json"
    file.write_text('{"stratum": {"a": "many"}}', "utf-8")
    with pytest.raises(CommandError) as refused:
        ordered(survey, name="new", margins=str(file))
    assert str(refused.value).startswith(f"{file}: Margin “stratum”: ")
    assert "class “a”" in str(refused.value)


@pytest.fixture
def half(survey: Survey) -> Survey:
    """Site A2 with 40 people who were selected, half of whom were interviewed, and A3 with 20, all
    interviewed: as many as make a class of their own.
    """
    Interview.objects.update(state=Interview.State.REJECTED)
    version = survey.questionnaires.get().versions.get()
    for code, people in (("A2", 40), ("A3", 20)):
        site = make_site(survey, code, stratum="a", design_weight=3.0)
        listed(site, *(f"{code}-{number}" for number in range(people)))
        for number in range(20):
            sender = Sender(None, case_code=f"{code}-{number}")
            receive(version, sender, psu_id=code, age="30", works="no")
    return survey


def weight_of(survey: Survey, code: str, name: str = "first") -> float:
    return Weight.objects.get(version=made(survey, name), case__code=code).value


def test_a_site_with_half_its_people_unanswered_gets_twice_the_weight(half: Survey) -> None:
    silent = Case.objects.filter(outcome="not_attempted").order_by("pk")
    Case.objects.filter(pk__in=list(silent.values_list("pk", flat=True)[:10])).update(
        outcome="refused"
    )
    assert weight_of(half, "A2-3") == pytest.approx(2 * 3.0)
    assert weight_of(half, "A3-3", "second") == pytest.approx(3.0)
    assert Weight.objects.filter(version__name="second").count() == 40


def test_nobody_stands_for_who_is_not_eligible(half: Survey) -> None:
    Case.objects.filter(outcome="not_attempted").update(outcome="not_eligible")
    assert weight_of(half, "A2-3") == pytest.approx(3.0)


def test_who_was_met_beside_the_list_is_weighed_too_and_who_does_not_count_is_not(
    half: Survey,
) -> None:
    make_interview(half.sites.get(code="A3"), half.questionnaires.get().versions.get())
    Interview.objects.filter(case__code="A2-3").update(state=Interview.State.REJECTED)
    version = made(half)
    codes = set(version.weights.values_list("case__code", flat=True))
    assert len(codes) == 40
    assert "A2-3" not in codes
