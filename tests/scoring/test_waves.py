"""Two waves compared: the same sites asked twice, what is tested together, what is hidden."""

from collections.abc import Sequence

import pytest

from scoring import pipeline, waves
from scoring.maths.cells import ALL, EVERYBODY, Cell
from scoring.maths.comparison import Comparison
from scoring.models import EstimateSet, Scheme
from scoring.waves import Changes
from surveys.models import Site, Survey
from tests.factories import make_site
from tests.scoring.divided import ALIKE, PEOPLE, WORKING, ask_again, make_divided

pytestmark = pytest.mark.django_db

MORE = {"a": 3, "b": 0}  # work in the second wave, by stratum
UNLIKE = (0, 1, 2, 4)


def asked_twice(more: Sequence[int] = ALIKE) -> Scheme:
    """Sites that change alike within their stratum."""
    scheme = make_divided(more)
    sites = Site.objects.order_by("pk")
    ask_again(
        {
            site: WORKING[site.stratum] + MORE[site.stratum] + more[number % len(more)]
            for number, site in enumerate(sites)
        }
    )
    return scheme


def sets(scheme: Scheme) -> tuple[EstimateSet, EstimateSet]:
    earlier, later = waves.sets_of(scheme)
    return earlier, later


def told(found: Changes) -> set[Cell]:
    return {row.cell for row in found.rows if row.comparison}


def compared(found: Changes, by: str, level: str, variable: str = "index") -> Comparison:
    row = next(row for row in found.rows if row.cell == Cell(by, level, variable))
    assert row.comparison is not None
    return row.comparison


def test_a_change_is_later_less_earlier() -> None:
    found = waves.changes(*sets(asked_twice()), "stratum")
    changes = [
        compared(found, *domain).difference.estimate
        for domain in (EVERYBODY, ("stratum", "a"), ("stratum", "b"))
    ]
    assert changes == pytest.approx([3 / PEOPLE / 2, 3 / PEOPLE, 0])
    assert (found.shared, found.is_redrawn) == (8, False)
    assert [row.cell for row in found.rows[:4]] == [
        Cell(ALL, ALL, name) for name in ("index", "W", "H_1_3", "M0_1_3")
    ]


def test_what_sites_have_in_common_cancels_out() -> None:
    """Sites that are unlike each other, and change alike: no wave is sure, the change is."""
    earlier, later = sets(asked_twice(UNLIKE))
    found = waves.changes(earlier, later)
    each = earlier.estimates.get(variable="index", by=ALL).se
    assert each is not None
    assert each > 0.01
    assert compared(found, *EVERYBODY).difference.se == pytest.approx(0, abs=1e-9)


def test_areas_that_number_anew_in_each_stratum_are_known_by_both() -> None:
    scheme = make_divided()
    for number, site in enumerate(Site.objects.order_by("stratum", "pk")):
        Site.objects.filter(pk=site.pk).update(psu=str(number % 4))
    ask_again({site: WORKING[site.stratum] + 1 for site in Site.objects.order_by("pk")})
    found = waves.changes(*sets(scheme))
    assert found.shared == 8
    assert compared(found, *EVERYBODY).difference.estimate == pytest.approx(1 / PEOPLE)


def test_waves_of_other_strata_are_samples_apart() -> None:
    scheme = make_divided(UNLIKE)
    anew = {
        make_site(site.survey, psu=site.psu, stratum="cd"[number % 2]): 6 + number
        for number, site in enumerate(Site.objects.order_by("stratum", "pk")[:6])
    }
    ask_again(anew)
    earlier, later = sets(scheme)
    found = waves.changes(earlier, later)
    ses = [each.estimates.get(variable="index", by=ALL).se or 0.0 for each in (earlier, later)]
    assert (found.shared, found.is_redrawn) == (6, True)
    assert compared(found, *EVERYBODY).difference.se == pytest.approx(
        sum(se**2 for se in ses) ** 0.5
    )


def test_a_change_is_hidden_where_either_wave_is() -> None:
    earlier, later = sets(asked_twice())
    before = told(waves.changes(earlier, later, "stratum"))
    later.estimates.filter(by="stratum", level="a", variable="W").update(
        suppressed="n<10", estimate=None
    )
    earlier.estimates.filter(by="stratum", level="b", variable="index").delete()
    hidden = {Cell("stratum", "a", "W"), Cell("stratum", "b", "index")}
    assert before - told(waves.changes(earlier, later, "stratum")) == hidden


def test_too_few_areas_have_no_change() -> None:
    scheme = make_divided((0, 0))
    ask_again(dict.fromkeys(Site.objects.order_by("pk"), 4))
    assert {cell.by for cell in told(waves.changes(*sets(scheme), "stratum"))} == {ALL}


def test_everybody_is_tested_apart_from_the_groups() -> None:
    """Four numbers of everyone are four tests, however many groups there are."""
    scheme = make_divided(UNLIKE)
    ask_again({site: 9 - n % 3 for n, site in enumerate(Site.objects.order_by("pk"))})
    found = waves.changes(*sets(scheme), "stratum")
    index = compared(found, *EVERYBODY)
    assert index.p is not None
    assert index.p_holm is not None
    assert index.p < index.p_holm <= 4 * index.p


def test_a_sample_without_chances_has_no_test() -> None:
    scheme = asked_twice(UNLIKE)
    Survey.objects.update(is_probability_sample=False)
    pipeline.sweep()
    change = compared(waves.changes(*sets(scheme)), *EVERYBODY)
    assert change.difference.estimate == pytest.approx(1.5 / PEOPLE)
    assert (change.difference.low, change.p) == (None, None)
