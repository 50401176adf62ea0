"""The page built from rows: the golden numbers, ranks, groups, and what must not be in it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from scoring.dashboard.cities import City, rank
from scoring.dashboard.figures import Figure
from scoring.dashboard.groups import everyone
from scoring.dashboard.names import Dimension
from scoring.dashboard.page import Look, Page, build_page
from scoring.dashboard.questions import Questions
from scoring.models import Estimate, EstimateSet
from tests.scoring.dashboard.rows import golden, spec

CITIES = Dimension("a1", "City", {"c02": "City 02", "c01": "City 01"}, is_city=True)
SEX = Dimension("a3", "Sex", {"m": "Male", "f": "Female"})
MADE = EstimateSet(interviews=1200, psus=60, computed_at=timezone.now())


def page(
    rows: Iterable[Estimate] | None = None, people: str = "", *, is_probability_sample: bool = True
) -> Page:
    return build_page(
        MADE,
        golden(MADE) if rows is None else rows,
        is_probability_sample=is_probability_sample,
        spec=spec(),
        dimensions=(CITIES, SEX),
        questions=Questions({}),
        target=1440,
        today=date(2026, 11, 6),
        look=Look(people),
    )


def test_the_golden_numbers_are_shown() -> None:
    shown = page()
    assert (shown.index.text, shown.index.interval, shown.index.people) == (
        "53.8",
        "50.6–57.1",
        "n 1,185",
    )
    assert (shown.headline.title, shown.headline.headcount.text) == ("1/3", "47.6%")
    assert (shown.headline.breadth.text, shown.headline.breadth.interval) == (
        "0.239",
        "0.198–0.284",
    )
    assert [s.score.text for s in shown.in_index] == ["48.9", "59.3", "37.8", "68.2", "55.3"]
    assert [s.name for s in shown.standards if not s.is_in_index] == ["P"]
    assert [threshold.title for threshold in shown.thresholds] == ["1/5", "1/3", "2/5", "1/2"]


def test_fieldwork_is_counted_against_the_target() -> None:
    progress = page().progress
    assert (progress.done, progress.target, progress.percent, progress.today) == (
        1200,
        1440,
        83,
        20,
    )
    assert progress.outcomes == {"Completed": 1179, "Partial": 21}


def test_a_day_without_interviews_is_a_day() -> None:
    assert [day.interviews for day in page().days] == [600, 0, 580, 20]


def test_cities_are_ranked_and_named() -> None:
    cities = page().cities
    assert [city.title for city in cities[:3]] == ["c03", "City 02", "c08"]
    assert [city.rank for city in cities] == list(range(1, 13))
    assert (cities[0].ranks, cities[-1].ranks) == ("1–7", "12")
    assert page().city_df == 4


def test_a_group_has_its_own_numbers_and_cities_stay_everyones() -> None:
    women = page(people="a3=f")
    assert (women.group.title, women.index.text, women.overall.text) == ("Female", "53.0", "53.8")
    assert women.cities == page().cities
    assert women.progress == page().progress


@pytest.mark.parametrize("people", ["", "a3=x", "nonsense", "a3", "c=f"])
def test_an_unknown_group_is_everyone(people: str) -> None:
    assert page(people=people).group == everyone()


def test_levels_stand_in_the_order_of_the_form() -> None:
    assert [level.title for level in page().groupings[0].levels] == ["Male", "Female"]


def test_without_a_probability_sample_there_is_no_interval_and_no_rank() -> None:
    shown = page(is_probability_sample=False)
    text = json.dumps(asdict(shown), cls=DjangoJSONEncoder)
    assert shown.index.text == "53.8"
    assert '"interval": "' in text
    assert {city.rank for city in shown.cities} == {None}
    assert [city.code for city in shown.cities][:3] == ["c02", "c01", "c03"]
    assert all(not standard.score.interval for standard in shown.standards)


def test_a_suppressed_number_is_nowhere_in_the_data() -> None:
    rows = golden(MADE)
    for row in rows:
        if (row.by, row.level) == ("a1", "c12"):
            row.suppressed, row.estimate, row.low, row.high = "n<10", 0.987654, 0.976543, 0.998765
    shown = page(rows)
    assert shown.cities[-1].index.text == "n<10"
    assert shown.cities[-1].rank is None
    text = json.dumps(asdict(shown), cls=DjangoJSONEncoder)
    assert not any(number in text for number in ("98.7", "97.6", "99.8"))


def floats_in(data: object) -> Iterator[float]:
    """Every number with a fraction, except the cutoffs of the scheme."""
    if isinstance(data, float):
        yield data
    elif isinstance(data, dict):
        yield from (found for key in data if key != "k" for found in floats_in(data[key]))
    elif isinstance(data, list):
        yield from (found for item in data for found in floats_in(item))


def test_no_number_in_the_data_has_more_digits_than_its_text() -> None:
    numbers = list(floats_in(json.loads(json.dumps(asdict(page()), cls=DjangoJSONEncoder))))
    assert len(numbers) > 100
    assert [number for number in numbers if number != round(number, 3)] == []
    assert [number for number in numbers if number > 1 and number != round(number, 1)] == []


def test_a_page_of_counts_alone_shows_no_number_as_zero() -> None:
    shown = page([Estimate(variable="interviews", by="all", level="all", n=1, estimate=1.0)])
    assert shown.index.value is None
    assert (shown.cities, shown.days, shown.groupings) == ([], [], [])


def city(code: str, low: float, value: float, high: float) -> City:
    figure = Figure(text="", value=value, low=low, high=high, interval="x")
    return City(code, code, figure, ())


def test_cities_with_apart_intervals_have_one_rank_each() -> None:
    ranked = rank([city("b", 10, 15, 20), city("a", 30, 35, 40)])
    assert [(c.code, c.rank, c.ranks) for c in ranked] == [("a", 1, "1"), ("b", 2, "2")]


def test_cities_with_overlapping_intervals_share_ranks() -> None:
    ranked = rank([city("a", 30, 35, 40), city("b", 28, 31, 34), city("c", 1, 2, 3)])
    assert [c.ranks for c in ranked] == ["1–2", "1–2", "3"]


def test_a_city_without_an_interval_has_no_rank() -> None:
    alone = City("b", "b", Figure(text="90.0", value=90.0), ())
    hidden = City("h", "h", Figure(text="n<10"), ())
    ranked = rank([hidden, alone, city("a", 30, 35, 40)])
    assert [(c.code, c.ranks) for c in ranked] == [("a", "1"), ("b", ""), ("h", "")]
