"""Schemes added, copied with other weights, and taken first."""

import pytest
from django.db import IntegrityError, transaction

from scoring import schemes
from scoring.models import Scheme
from scoring.schemes import CopyRefused, SchemeChanged, SchemeMisfit, spec_of
from surveys.models import Survey
from tests.factories import make_survey, make_version

pytestmark = pytest.mark.django_db

EXPERTS = {"S1": 3001, "S2": 2999, "S3": 2000, "S4": 1000, "S5": 1000, "P": 0}


@pytest.fixture
def survey() -> Survey:
    return make_survey("five")


@pytest.fixture
def scheme(survey: Survey) -> Scheme:
    return schemes.add(survey, schemes.five_standards(), "equal-v1", is_default=True)


def refused(scheme: Scheme, name: str, **changed: int) -> list[tuple[str, str]]:
    """The places and sentences of everything that is wrong with a copy, which is refused then."""
    weights = {**EXPERTS, **changed}
    with pytest.raises(CopyRefused):
        schemes.copy(scheme, name, weights)
    assert Scheme.objects.count() == 1
    return [(each.place, str(each)) for each in schemes.refusals(scheme, name, weights)]


def test_a_copy_differs_in_its_weights_alone(scheme: Scheme) -> None:
    copied = schemes.copy(scheme, "experts", EXPERTS)
    assert (copied.survey, copied.is_default) == (scheme.survey, False)
    weights = {standard.name: standard.weight for standard in spec_of(copied).standards}
    assert weights == EXPERTS
    assert spec_of(copied).items == spec_of(scheme).items
    assert spec_of(copied).weighting == "experts"


def test_a_copys_document_knows_its_own_weights_and_no_others(scheme: Scheme) -> None:
    copied = schemes.copy(scheme, "experts", EXPERTS)
    own = {name: points for name, points in EXPERTS.items() if points}
    assert copied.document["weights"] == {"experts": own}
    assert copied.document["default_weights"] == "experts"
    rest = {"weights", "default_weights"}
    assert {k: v for k, v in copied.document.items() if k not in rest} == {
        k: v for k, v in scheme.document.items() if k not in rest
    }


def test_what_was_copied_stays_as_it_was(scheme: Scheme) -> None:
    before = Scheme.objects.values().get(pk=scheme.pk)
    schemes.copy(scheme, "experts", EXPERTS)
    assert Scheme.objects.values().get(pk=scheme.pk) == before


def test_a_copy_can_be_copied_and_added_again_from_its_document(scheme: Scheme) -> None:
    first = schemes.copy(scheme, "experts", EXPERTS)
    second = schemes.copy(first, "steep", {"S1": 7000, "S2": 1000, "S3": 1000, "S4": 1000})
    assert [standard.name for standard in spec_of(second).weighted] == ["S1", "S2", "S3", "S4"]
    assert schemes.add(scheme.survey, second.document, "steep") == second


@pytest.mark.parametrize("name", ["", "two words", "权重", "a/b", "x" * 51])
def test_a_name_that_is_no_name_is_refused(scheme: Scheme, name: str) -> None:
    assert refused(scheme, name) == [("name", "Use 1 to 50 letters a to z, digits, - and _.")]


def test_a_name_is_given_once(scheme: Scheme) -> None:
    [(place, sentence)] = refused(scheme, "equal-v1")
    assert place == "name"
    assert "equal-v1" in sentence


def test_weights_that_do_not_add_up_are_refused(scheme: Scheme) -> None:
    sentence = "The weights add up to 99.99 %. Make it 100.00 %."
    assert refused(scheme, "experts", S1=3000) == [("", sentence)]


def test_a_negative_weight_is_refused_at_its_standard(scheme: Scheme) -> None:
    assert refused(scheme, "x", S4=-1, S5=2001) == [("S4", "Give no weight below zero.")]


def test_an_index_needs_enough_standards(scheme: Scheme) -> None:
    [(_place, sentence)] = refused(scheme, "x", S1=10_000, S2=0, S3=0, S4=0, S5=0)
    assert "at least 4 standards" in sentence


def test_everything_that_is_wrong_is_said_at_once(scheme: Scheme) -> None:
    assert [place for place, _ in refused(scheme, "equal-v1", S1=-1)] == ["name", "S1", ""]


def test_a_copy_must_still_fit_the_questionnaire(scheme: Scheme) -> None:
    make_version(scheme.survey)
    with pytest.raises(SchemeMisfit, match="s1_1"):
        schemes.copy(scheme, "experts", EXPERTS)


def test_a_name_with_another_definition_is_refused(scheme: Scheme) -> None:
    changed = {**scheme.document, "note_en": "Other."}
    with pytest.raises(SchemeChanged), transaction.atomic():
        schemes.add(scheme.survey, changed, "equal-v1")


def test_one_scheme_of_a_survey_is_first(scheme: Scheme) -> None:
    other = schemes.add(make_survey("other"), scheme.document, "equal-v1", is_default=True)
    copied = schemes.copy(scheme, "experts", EXPERTS)
    for _ in range(2):
        schemes.make_default(copied)
        assert set(Scheme.objects.filter(is_default=True)) == {copied, other}
    assert schemes.find(scheme.survey) == copied


def test_the_database_knows_one_default(scheme: Scheme) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        schemes.add(scheme.survey, scheme.document, "drc-roc-v1", is_default=True)
