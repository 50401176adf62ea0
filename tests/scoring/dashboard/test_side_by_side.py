"""Schemes beside each other: ranks of what is shown, and what moved."""

from collections.abc import Mapping

import pytest

from scoring import schemes
from scoring.dashboard.side_by_side import SideBySide, side_by_side
from scoring.models import Estimate, EstimateSet
from surveys.models import Survey, Wave
from tests.factories import make_survey, make_version
from tests.scoring.dashboard.rows import CITY_FORM, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    return make_survey("five")


def give(made: EstimateSet, cities: Mapping[str, float], *, by: str = "a1", **fields: str) -> None:
    Estimate.objects.bulk_create(
        Estimate(
            set=made,
            variable="index",
            by=by,
            level=level,
            n=100,
            estimate=value,
            low=value - 0.05,
            high=value + 0.05,
            **fields,
        )
        for level, value in cities.items()
    )


def beside(survey: Survey, by: str = "") -> SideBySide:
    """The page when the questionnaire with its cities is out, which the schemes would not fit."""
    make_version(survey, CITY_FORM)
    return side_by_side(survey, by)


def ranks(page: SideBySide) -> dict[str, list[tuple[int | None, int]]]:
    return {level.title: [(p.rank, p.moved) for p in level.places] for level in page.levels}


def test_ranks_that_move_are_marked_against_the_first_scheme(survey: Survey) -> None:
    give(make_set(survey), {"c01": 0.4, "c02": 0.5, "c03": 0.6})
    give(make_set(survey, "drc-roc-v1"), {"c01": 0.7, "c02": 0.2, "c03": 0.6})
    page = beside(survey)
    assert [column.scheme.name for column in page.columns] == ["equal-v1", "drc-roc-v1"]
    assert ranks(page) == {
        "c03": [(1, 0), (2, -1)],
        "Second": [(2, 0), (3, -1)],
        "First": [(3, 0), (1, 2)],
    }
    assert [level.title for level in page.levels] == ["c03", "Second", "First"]


def test_numbers_that_look_alike_share_a_rank(survey: Survey) -> None:
    give(make_set(survey), {"c01": 0.50001, "c02": 0.50002, "c03": 0.4})
    assert ranks(beside(survey)) == {"First": [(1, 0)], "Second": [(1, 0)], "c03": [(3, 0)]}


def test_a_hidden_group_has_no_number_and_no_rank(survey: Survey) -> None:
    made = make_set(survey)
    give(made, {"c01": 0.4})
    give(made, {"c02": 0.9}, suppressed="psu<3")
    shown, hidden = beside(survey).levels
    assert (shown.places[0].rank, hidden.places[0].rank) == (1, None)
    assert hidden.places[0].index.value is None
    assert "Fewer than 3 sampling areas" in hidden.places[0].index.reason


def test_who_was_just_asked_is_not_ranked(survey: Survey) -> None:
    give(make_set(survey), {"c01": 0.4, "c02": 0.5})
    survey.is_probability_sample = False
    survey.save()
    page = beside(survey)
    assert ranks(page) == {"First": [(None, 0)], "Second": [(None, 0)]}
    assert not page.is_probability_sample


def test_all_schemes_show_the_latest_wave(survey: Survey) -> None:
    give(make_set(survey), {"c01": 0.4})
    newer = make_set(survey, "drc-roc-v1")
    newer.wave = Wave.objects.create(survey=survey, number=2)
    newer.save()
    give(newer, {"c01": 0.6})
    page = beside(survey)
    assert page.wave == newer.wave
    [level] = page.levels
    assert [place.index.text for place in level.places] == ["–", "60.0"]


def test_weights_stand_beside_each_other(survey: Survey) -> None:
    first = schemes.add(survey, schemes.five_standards(), "equal-v1", is_default=True)
    schemes.copy(first, "more", {"S1": 2000, "S2": 2000, "S3": 2000, "S4": 2000, "P": 2000})
    weights = {s.name: [w.text for w in s.weights] for s in side_by_side(survey).standards}
    assert (weights["S1"], weights["S5"], weights["P"]) == (
        ["20%", "20%"],
        ["20%", ""],
        ["", "20%"],
    )


def test_people_are_divided_by_their_city_unless_somebody_chose_otherwise(survey: Survey) -> None:
    made = make_set(survey)
    give(made, {"m": 0.4, "f": 0.5}, by="a3")
    page = beside(survey, "a3")
    assert page.by is not None
    assert page.by.title == "Sex"
    assert list(ranks(page)) == ["Female", "Male"]
    cities = [side_by_side(survey, by).by for by in ("", "nothing")]
    assert [way.name if way else "" for way in cities] == ["a1", "a1"]
