"""Why groups differ: parts that add up, from people as they are judged, and what is left out."""

import json
from dataclasses import replace

import numpy as np
import pytest

from scoring import comparisons, contrasts
from scoring.contrasts import Contrast, Evidence
from scoring.maths.cells import Cell
from scoring.models import EstimateSet, Scheme, SiteCells
from surveys.models import Case, Interview, Site, Weight, WeightVersion
from tests.scoring.divided import OLD, PEOPLE, WORKING, make_divided

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    return make_divided()


@pytest.fixture
def made(scheme: Scheme) -> EstimateSet:
    return EstimateSet.objects.get(scheme=scheme)


def contrast_of(evidence: Evidence) -> Contrast:
    [found] = contrasts.contrasts(
        evidence, by="stratum", groups=["a", "b"], best="b", parted=["a", "b"]
    )
    return found


def test_the_people_are_those_of_the_cells(made: EstimateSet) -> None:
    Site.objects.filter(pk=Site.objects.order_by("pk")[0].pk).update(design_weight=3.0)
    evidence = contrasts.evidence_of(made)
    crossed = evidence.people.crossed("stratum", "age")
    kept = evidence.sample.totals([Cell("stratum", "a", "index")])
    for name in ("n", "W", "T", "W2", "Q"):
        np.testing.assert_allclose(
            getattr(crossed.of("a"), name).sum(axis=1), getattr(kept, name)[:, 0]
        )
    of_age = evidence.sample.totals([Cell("age", "old", "index")]).T.sum()
    old = crossed.segments.index("old")
    assert sum(crossed.of(group).T[:, old].sum() for group in "ab") == pytest.approx(of_age)


def test_cases_have_their_own_weights(scheme: Scheme, made: EstimateSet) -> None:
    site = Site.objects.order_by("pk")[0]
    case = Case.objects.create(wave=made.wave, site=site, code="C1")
    interview = Interview.objects.filter(site=site).order_by("pk")[0]
    Interview.objects.filter(pk=interview.pk).update(case=case)
    version = WeightVersion.objects.create(wave=made.wave, name="w", is_current=True)
    Weight.objects.create(version=version, case=case, value=5.0)
    scheme.sites.update(weights=version)
    weights = contrasts.evidence_of(made).people.weight
    assert sorted(weights)[-1] == 5.0
    assert weights.sum() == 2 * 4 * PEOPLE + 4


def test_both_ways_to_part_a_difference_add_up_to_it(made: EstimateSet) -> None:
    found = contrast_of(contrasts.evidence_of(made))
    assert found.difference.value == pytest.approx((WORKING["a"] - WORKING["b"]) / PEOPLE, abs=1e-6)
    assert sum(part.value or 0 for part in found.standards.values()) == found.difference.value
    split = found.splits["age"]
    parts = (split.composition.value or 0) + (split.within.value or 0)
    assert parts == pytest.approx(found.difference.value, abs=2e-6)
    assert (split.segments, split.has_others) == (2, False)


def test_a_mix_of_ages_is_told_from_what_alike_people_have(made: EstimateSet) -> None:
    """By hand: the old work in 3 of 8 and 5 of 5, the young in 0 of 4 and 3 of 7."""
    share = {group: OLD[group] / PEOPLE for group in OLD}
    old, young = (3 / 8, 1.0), (0.0, 3 / 7)
    composition = (share["a"] - share["b"]) * (sum(old) - sum(young)) / 2
    split = contrast_of(contrasts.evidence_of(made)).splits["age"]
    assert split.composition.value == pytest.approx(composition, abs=1e-6)
    assert split.composition.low is not None


def test_people_who_are_divided_no_further_are_left_out(made: EstimateSet) -> None:
    """Nobody of one region is in the other: by region there is nothing to compare within."""
    evidence = contrasts.evidence_of(made)
    found = contrasts.contrasts(
        evidence, by="age", groups=["old", "young"], best="old", parted=["old"]
    )
    assert found[0].splits.keys() == {"stratum"}
    assert found[0].standards == {}
    for cells in SiteCells.objects.all():
        cells.levels["age"] = [None if age == "young" else age for age in cells.levels["age"]]
        cells.save(update_fields=["levels"])
    unknown = contrast_of(contrasts.evidence_of(made))
    assert unknown.splits["age"].segments == 2  # who told no age is a segment as any


def test_of_many_groups_each_is_set_apart_from_the_best(
    made: EstimateSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrasts, "MANY", 1)
    evidence = contrasts.evidence_of(made)
    pairs = [
        (found.a, found.b)
        for found in contrasts.contrasts(
            evidence, by="stratum", groups=["a", "b", "c"], best="b", parted=[]
        )
    ]
    assert pairs == [("a", "b"), ("b", "c")]


def test_portions_add_up_to_everybody(made: EstimateSet) -> None:
    evidence = contrasts.evidence_of(made)
    found = contrasts.portions(evidence, by="stratum", levels=["a", "b"])
    assert [portion.people.value for portion in found] == [0.5, 0.5]
    lacking = [PEOPLE - WORKING[group] for group in "ab"]
    assert [portion.contribution.value for portion in found] == pytest.approx(
        [lack / sum(lacking) for lack in lacking], abs=1e-6
    )
    assert found[0].contribution.low is not None
    assert contrasts.portions(evidence, by="stratum", levels=["a"]) == []
    assert contrasts.portions(evidence, by="stratum", levels=[]) == []


def test_a_sample_without_chances_has_no_intervals(made: EstimateSet) -> None:
    found = contrast_of(replace(contrasts.evidence_of(made), design=None))
    assert found.difference.value is not None
    assert found.difference.low is None
    assert found.splits["age"].within.high is None


def test_all_of_it_is_kept_with_the_comparison(made: EstimateSet) -> None:
    kept = comparisons.compare(made, "stratum", seed=1)
    assert kept is not None
    kept.refresh_from_db()
    assert [portion["group"] for portion in kept.findings["portions"]] == ["a", "b"]
    [contrast] = kept.findings["contrasts"]
    assert contrast["standards"]["W"] == contrast["difference"]
    assert len(json.dumps(contrast)) < 1000


def test_hidden_numbers_are_not_parted(made: EstimateSet) -> None:
    made.estimates.filter(by="stratum", level="a", variable="gap_W").update(
        suppressed="beside", estimate=None
    )
    made.estimates.filter(by="stratum", level="b", variable="M0_1_3").update(
        suppressed="n<10", estimate=None
    )
    kept = comparisons.compare(made, "stratum", seed=1)
    assert kept is not None
    assert kept.findings["portions"] == []
    assert kept.findings["contrasts"][0]["standards"] == {}
