"""Parts of gaps, of poverty and of differences: they add up, and have R's figures and errors."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from functools import cache
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths import counting, decomposition
from scoring.maths.counting import Deprivation
from scoring.maths.decomposition import (
    Explained,
    Part,
    by_core_content,
    by_item,
    by_standard,
    censored,
    contributions,
    gaps,
    kitagawa,
    parts,
    subgroups,
    uncensored,
)
from scoring.maths.design import Design
from scoring.maths.estimate import NO_DESIGN, Totals, difference
from scoring.maths.kinds import Kind
from scoring.maths.matrix import Floats, ItemMatrix
from scoring.maths.person import score_people
from scoring.maths.rules import MISSING, NOT_APPLICABLE
from scoring.maths.scheme import SchemeSpec
from tests.scoring.maths import golden
from tests.scoring.maths.small import small_scheme

SCORES = st.sampled_from([0, 3, 4, 6, 8, 9, 12, NOT_APPLICABLE, MISSING])
PEOPLE = st.lists(st.lists(SCORES, min_size=42, max_size=42), min_size=1, max_size=4)
DIVISIONS = {"item": by_item, "standard": by_standard, "core content": by_core_content}
THIRD = Fraction(1, 3)
SIX = Design(np.array([0, 0, 0, 1, 1, 1]), np.array([3, 3]))


@cache
def golden_matrix() -> ItemMatrix:
    return ItemMatrix.of(golden.items())


@cache
def golden_weights() -> Deprivation:
    return counting.deprivation(golden.scheme(), golden_matrix())


@cache
def golden_parts(division: str) -> Mapping[str, Part]:
    columns = contributions(
        golden.scheme(),
        golden_matrix(),
        golden_weights(),
        THIRD,
        DIVISIONS[division](golden.scheme()),
    )
    sums = {name: golden.golden_totals(column) for name, column in columns.items()}
    whole = golden.golden_totals(golden.people().variables()["M0_1_3"])
    return parts(sums, whole, golden.design())


def amounts(found: Mapping[str, Part]) -> list[float]:
    return [part.amount.estimate or 0 for part in found.values()]


def shares(found: Mapping[str, Part]) -> list[float]:
    return [part.share.estimate or 0 for part in found.values()]


def in_level(values: Floats, by: str, level: str) -> Totals:
    members = [found == level for found in golden.domains()[by]]
    return golden.golden_totals(np.where(members, values, np.nan))


def matrix_of(people: list[list[int]]) -> ItemMatrix:
    return ItemMatrix.of(np.array(people, dtype=np.uint8))


@pytest.mark.parametrize("weighting", ["equal-v1", "drc-ranksum-v1", "drc-roc-v1"])
def test_golden_gaps_add_up_to_what_the_index_lacks(weighting: str) -> None:
    columns = gaps(golden.scheme(weighting), golden_matrix())
    lacking = 1 - golden.people(weighting).index
    np.testing.assert_allclose(sum(columns.values()), lacking, rtol=0, atol=1e-15)
    assert np.isnan(golden.people().standards[~np.isnan(lacking)]).any()  # some lack a standard


@pytest.mark.parametrize(
    ("standard", "amount", "se", "share", "share_se"),
    [
        ("S1", 0.1034287299163923, 0.00403970825618761, 0.224047056298869, 0.00194584057519658),
        ("S2", 0.0782214330198212, 0.00227986011542028, 0.169443072749098, 0.00280188076319854),
        ("S3", 0.1257397524856777, 0.00359984895966399, 0.272377137638037, 0.00299136426986722),
        ("S4", 0.0641966837269534, 0.00286312373505529, 0.139062695875702, 0.00178416921358357),
        ("S5", 0.0900518246045246, 0.00422034527604622, 0.195070037438294, 0.00296702903397814),
    ],
)
def test_the_golden_gap_by_standard(
    standard: str, amount: float, se: float, share: float, share_se: float
) -> None:
    """R: svymean and svyratio of the columns made in R."""
    ours = gap_parts(golden.design())[standard]
    assert ours.amount.estimate == pytest.approx(amount, rel=1e-10)
    assert ours.amount.se == pytest.approx(se, rel=1e-10)
    assert ours.share.estimate == pytest.approx(share, rel=1e-10)
    assert ours.share.se == pytest.approx(share_se, rel=1e-10)


def gap_parts(design: Design | None) -> dict[str, Part]:
    columns = gaps(golden.scheme(), golden_matrix())
    sums = {name: golden.golden_totals(column) for name, column in columns.items()}
    return parts(sums, golden.golden_totals(1 - golden.people().index), design)


def test_the_golden_gap_adds_up_to_1_less_the_mean_index() -> None:
    found = gap_parts(golden.design())
    index = golden.golden_mean(golden.people().index).estimate
    assert index is not None
    assert sum(amounts(found)) == pytest.approx(1 - index, abs=1e-15)
    assert sum(shares(found)) == pytest.approx(1, abs=1e-15)


def test_a_missing_standards_weight_passes_to_the_others() -> None:
    changes = {"validity": validity(min_standards=2)}
    scheme = small_scheme({"A": 1, "B": 1, "C": 1}, **changes)
    columns = gaps(scheme, matrix_of([[0, 12, 12], [0, NOT_APPLICABLE, 0], [0, MISSING, MISSING]]))
    np.testing.assert_allclose(columns["A"], [0.3334, 3334 / (3334 + 3333), np.nan], rtol=1e-15)
    np.testing.assert_array_equal(columns["B"], [0, 0, np.nan])
    np.testing.assert_allclose(columns["C"], [0, 3333 / (3334 + 3333), np.nan], rtol=1e-15)


def validity(min_standards: int) -> dict[str, object]:
    return {
        "min_answered_items": "1/2",
        "min_standards": min_standards,
        "min_answered_weight": "3/4",
    }


@settings(max_examples=60)
@given(PEOPLE)
def test_gaps_are_the_rounded_exact_fractions(people: list[list[int]]) -> None:
    scheme = golden.scheme("drc-roc-v1")
    columns = gaps(scheme, matrix_of(people))
    for row, items in enumerate(people):
        exact = exact_gaps(scheme, items)
        ours = {name: float(column[row]) for name, column in columns.items()}
        if exact is None:
            assert np.isnan(list(ours.values())).all()
        else:
            assert ours == {name: float(gap) for name, gap in exact.items()}


def exact_gaps(scheme: SchemeSpec, items: list[int]) -> dict[str, Fraction] | None:
    """By hand, in fractions; also checks that they add up to 1 - index."""
    available: dict[str, tuple[int, Fraction]] = {}
    for standard in scheme.weighted:
        applicable = [
            items[i] for i in scheme.items_of[standard.name] if items[i] != NOT_APPLICABLE
        ]
        answered = [score for score in applicable if score != MISSING]
        if answered and 2 * len(answered) >= len(applicable):
            available[standard.name] = (
                standard.weight,
                Fraction(sum(answered), 12 * len(answered)),
            )
    if len(available) < scheme.validity.min_standards:
        return None
    total = sum(weight for weight, _ in available.values())
    index = sum((weight * score for weight, score in available.values()), Fraction(0)) / total
    exact = {name: weight * (1 - score) / total for name, (weight, score) in available.items()}
    assert sum(exact.values()) == 1 - index
    return {standard.name: exact.get(standard.name, Fraction(0)) for standard in scheme.weighted}


def test_the_example_of_alkire_and_foster() -> None:
    achievements = np.array(
        [[13.1, 14, 4, 1], [15.2, 7, 5, 0], [12.5, 10, 1, 0], [20, 11, 3, 1]], dtype=np.float64
    )
    items = np.where(achievements >= np.array([13, 12, 3, 1]), 12, 0).astype(np.uint8)
    scheme = small_scheme({"income": 1, "schooling": 1, "health": 1, "sanitation": 1})
    half, matrix = Fraction(1, 2), ItemMatrix.of(items)
    weights = counting.deprivation(scheme, matrix)
    variables = score_people(scheme, items).variables()
    sums = {name: one_person_a_psu(column) for name, column in variables.items()}
    added = contributions(scheme, matrix, weights, half, by_standard(scheme))
    found = parts(
        {name: one_person_a_psu(column) for name, column in added.items()}, sums["M0_1_2"], None
    )
    assert sums["H_1_2"].T.sum() / 4 == 0.5
    assert sums["A_1_2"].T.sum() / sums["A_1_2"].W.sum() == 0.75
    assert sums["M0_1_2"].T.sum() / 4 == 0.375
    assert amounts(found) == [1 / 16, 2 / 16, 1 / 16, 2 / 16]
    assert shares(found) == pytest.approx([1 / 6, 1 / 3, 1 / 6, 1 / 3], abs=1e-15)
    raw = uncensored(scheme, matrix, weights)
    assert {name: column.mean() for name, column in raw.items()} == {
        "income_0": 0.25,
        "schooling_0": 0.75,
        "health_0": 0.25,
        "sanitation_0": 0.5,
    }
    assert [column.mean() for column in censored(scheme, matrix, weights, half).values()] == [
        0.25,
        0.5,
        0.25,
        0.5,
    ]


def one_person_a_psu(values: Floats) -> Totals:
    return golden.totals(values, np.ones(len(values)), np.arange(len(values)), len(values))


@pytest.mark.parametrize("row", golden.rows("af_contributions"), ids=lambda row: row["item"])
def test_golden_contributions_and_headcounts(row: dict[str, str]) -> None:
    scheme, matrix, weights = golden.scheme(), golden_matrix(), golden_weights()
    part = golden_parts("item")[row["item"]]
    raw = golden.golden_mean(uncensored(scheme, matrix, weights)[row["item"]])
    of_poor = golden.golden_mean(censored(scheme, matrix, weights, THIRD)[row["item"]])
    for name, ours in {
        "uncensored_headcount_among_valid": raw.estimate,
        "uncensored_se": raw.se,
        "censored_headcount_all": of_poor.estimate,
        "censored_se": of_poor.se,
        "abs_contrib": part.amount.estimate,
        "pct_contrib": part.share.estimate,
        "pct_contrib_se": part.share.se,
    }.items():
        assert ours == pytest.approx(float(row[name]), rel=1e-10), name


def test_golden_parts_are_those_of_the_file() -> None:
    assert set(golden_parts("item")) == {row["item"] for row in golden.rows("af_contributions")}


@pytest.mark.parametrize("division", DIVISIONS)
def test_golden_contributions_add_up(division: str) -> None:
    found = golden_parts(division)
    assert sum(shares(found)) == pytest.approx(1, abs=1e-15)
    [m0] = [
        float(row["estimate"])
        for row in golden.rows("estimates")
        if (row["by"], row["variable"]) == ("all", "ck_1_3")
    ]
    assert sum(amounts(found)) == pytest.approx(m0, rel=1e-10)


def test_a_golden_standard_adds_what_its_items_do() -> None:
    for name, part in golden_parts("standard").items():
        of_items = [
            float(row["abs_contrib"])
            for row in golden.rows("af_contributions")
            if row["standard"] == name
        ]
        assert part.amount.estimate == pytest.approx(sum(of_items), rel=1e-10)


def test_core_contents_divide_the_counted_items() -> None:
    divided = by_core_content(golden.scheme())
    assert sorted(chain(*divided.values())) == sorted(chain(*by_item(golden.scheme()).values()))
    assert len(divided) == 4


@settings(max_examples=60)
@given(PEOPLE, st.sampled_from(sorted(DIVISIONS)))
def test_contributions_add_up_for_every_k(people: list[list[int]], division: str) -> None:
    scheme, matrix = golden.scheme(), matrix_of(people)
    weights = counting.deprivation(scheme, matrix)
    variables = score_people(scheme, np.array(people, dtype=np.uint8)).variables()
    for k in scheme.k_list:
        added = contributions(scheme, matrix, weights, k, DIVISIONS[division](scheme))
        m0 = variables[Kind.BREADTH.at(k)]
        np.testing.assert_allclose(sum(added.values()), m0, rtol=0, atol=1e-15)
        for column in added.values():
            assert ((column >= 0) & (column <= m0) | np.isnan(m0)).all()


@settings(max_examples=40)
@given(PEOPLE, st.sampled_from(sorted(DIVISIONS)))
def test_shares_are_what_the_contributions_are_of_c(people: list[list[int]], division: str) -> None:
    scheme, matrix = golden.scheme(), matrix_of(people)
    weights = counting.deprivation(scheme, matrix)
    divided, c = DIVISIONS[division](scheme), weights.c().floats()
    for k in scheme.k_list:
        poor = weights.poor(k)
        added = contributions(scheme, matrix, weights, k, divided)
        found = decomposition.shares(scheme, matrix, weights, k, divided)
        for name, share in found.items():
            assert (np.isnan(share) == ~poor).all()
            np.testing.assert_allclose((share * c)[poor], added[name][poor], rtol=1e-14)


@settings(max_examples=40)
@given(PEOPLE, st.sampled_from(sorted(DIVISIONS)))
def test_contributions_are_the_rounded_exact_fractions(
    people: list[list[int]], division: str
) -> None:
    scheme, matrix = golden.scheme(), matrix_of(people)
    weights = counting.deprivation(scheme, matrix)
    divided = DIVISIONS[division](scheme)
    ours = contributions(scheme, matrix, weights, Fraction(1, 5), divided)
    for row, items in enumerate(people):
        added, answered = exact_weights(scheme, items)
        if not weights.valid[row]:
            continue
        is_poor = sum(added.values()) >= answered / 5
        for name, places in divided.items():
            exact = sum((added[i] for i in places), Fraction(0)) / answered * is_poor
            assert ours[name][row] == float(exact)


def exact_weights(scheme: SchemeSpec, items: list[int]) -> tuple[dict[int, Fraction], Fraction]:
    """By hand: the weight of each item with deprivation, and that of all answered items."""
    added, answered = dict.fromkeys(range(len(items)), Fraction(0)), Fraction(0)
    for standard in scheme.weighted:
        applicable = [i for i in scheme.items_of[standard.name] if items[i] != NOT_APPLICABLE]
        for i in applicable:
            if items[i] != MISSING:
                answered += Fraction(1, len(applicable))
                added[i] = Fraction(items[i] < scheme.items[i].cutoff, len(applicable))
    return added, answered


@settings(max_examples=40)
@given(PEOPLE)
def test_headcounts_fall_as_k_rises(people: list[list[int]]) -> None:
    scheme, matrix = golden.scheme(), matrix_of(people)
    weights = counting.deprivation(scheme, matrix)
    raw = uncensored(scheme, matrix, weights)
    of_poor = [censored(scheme, matrix, weights, k) for k in scheme.k_list]
    for name, column in raw.items():
        for looser, stricter in pairwise(of_poor):
            both_valid = ~np.isnan(stricter[name])
            assert (stricter[name] <= looser[name])[both_valid].all()
        answered = ~np.isnan(column)
        assert (of_poor[0][name] <= column)[answered].all()
        np.testing.assert_array_equal(np.isnan(of_poor[0][name]), ~weights.valid)


def test_without_poverty_there_are_no_shares() -> None:
    nothing = one_person_a_psu(np.zeros(6))
    [part] = parts({"all": nothing}, nothing, SIX).values()
    assert part.amount.estimate == 0
    assert (part.share.estimate, part.share.se) == (None, None)


def test_a_convenience_sample_has_parts_without_error() -> None:
    part = gap_parts(None)["S1"]
    assert part.amount.estimate == pytest.approx(0.1034287299163923)
    assert part.share.flags == {NO_DESIGN}
    assert part.share.se is None


def test_parts_that_do_not_add_up_are_refused() -> None:
    half, whole = one_person_a_psu(np.full(6, 0.5)), one_person_a_psu(np.full(6, 0.9))
    with pytest.raises(ValueError, match="do not add up"):
        parts({"a": half, "b": half}, whole, SIX)


@pytest.mark.parametrize("values", [[0.9] * 5, [0.9] * 5 + [np.nan]])
def test_parts_of_other_people_are_refused(values: list[float]) -> None:
    whole = one_person_a_psu(np.full(6, 0.9))
    with pytest.raises(ValueError, match="not of the same people"):
        parts({"a": one_person_a_psu(np.array(values))}, whole, SIX)


def golden_cities() -> dict[str, Totals]:
    m0 = golden.people().variables()["M0_1_3"]
    return {row["city"]: in_level(m0, "a1", row["city"]) for row in golden.reference()["subgroup"]}


@pytest.mark.parametrize("row", golden.reference()["subgroup"], ids=lambda row: row["city"])
def test_golden_subgroups(row: dict[str, float]) -> None:
    ours = subgroups(golden_cities(), golden.design())[str(row["city"])]
    assert ours.population.estimate == pytest.approx(row["pop_share"], rel=1e-10)
    assert ours.mean.estimate == pytest.approx(row["M0"], rel=1e-10)
    assert ours.mean.se == pytest.approx(row["se"], rel=1e-10)
    assert ours.contribution.estimate == pytest.approx(row["contribution"], rel=1e-10)


def test_the_errors_of_a_golden_subgroup() -> None:
    """R: svyratio(~I(m0 * (a1 == "c07")), ~m0), svymean(~I(a1 == "c07"))."""
    ours = subgroups(golden_cities(), golden.design())["c07"]
    assert ours.contribution.se == pytest.approx(0.0905705235401106, rel=1e-10)
    assert ours.population.se == pytest.approx(0.0635814115446649, rel=1e-10)


def test_golden_subgroups_add_up() -> None:
    found = subgroups(golden_cities(), golden.design()).values()
    assert sum(group.population.estimate or 0 for group in found) == pytest.approx(1, abs=1e-15)
    assert sum(group.contribution.estimate or 0 for group in found) == pytest.approx(1, abs=1e-15)
    added = sum((g.population.estimate or 0) * (g.mean.estimate or 0) for g in found)
    everybody = golden.golden_mean(golden.people().variables()["M0_1_3"]).estimate
    assert added == pytest.approx(everybody, rel=1e-14)


def by_sex(city: str) -> dict[str, Totals]:
    m0, cities = golden.people().variables()["M0_1_3"], golden.domains()["a1"]
    here = np.where([found == city for found in cities], m0, np.nan)
    return {sex: in_level(here, "a3", sex) for sex in ("f", "m")}


def test_the_golden_difference_of_two_cities_by_sex() -> None:
    """R: svytotal of the eight sums, svycontrast of the formulas."""
    ours = kitagawa(by_sex("c01"), by_sex("c02"), golden.design())
    expected = {
        (0.193563312926018555, 0.03802971582161080): ours.whole.difference,
        (0.000708531490174702, 0.00161118673673801): ours.whole.composition,
        (0.192854781435843892, 0.03800354749439904): ours.whole.within,
        (0.000438811367185878, 0.00101951338210999): ours.segments["f"].composition,
        (0.080483859921555281, 0.01669340460784995): ours.segments["f"].within,
    }
    for (value, se), estimate in expected.items():
        assert estimate.estimate == pytest.approx(value, rel=1e-10)
        assert estimate.se == pytest.approx(se, rel=1e-10)
    assert ours.whole.difference.df == 9


Segments = dict[str, list[tuple[float, float]]]


def segments_of(people: Segments) -> dict[str, Totals]:
    """Pairs of value and weight by segment, spread over six PSUs."""
    return {
        name: golden.totals(
            np.array([value for value, _ in pairs]),
            np.array([weight for _, weight in pairs]),
            np.arange(len(pairs)) % 6,
            6,
        )
        for name, pairs in people.items()
    }


PERSON = st.tuples(st.floats(0, 1), st.floats(0.5, 5))
SEGMENT = st.lists(PERSON, max_size=8)
DOMAIN = st.fixed_dictionaries(
    {"x": st.lists(PERSON, min_size=2, max_size=8), "y": SEGMENT, "z": SEGMENT}
)


@settings(max_examples=100)
@given(DOMAIN, DOMAIN)
def test_composition_and_within_leave_no_rest(a: Segments, b: Segments) -> None:
    in_a, in_b = segments_of(a), segments_of(b)
    ours = kitagawa(in_a, in_b, SIX)
    theirs = difference(together(in_a), together(in_b), SIX)
    whole = value_of(ours.whole)
    assert whole(lambda e: e.difference.estimate) == pytest.approx(theirs.estimate, abs=1e-13)
    assert ours.whole.difference.se == pytest.approx(theirs.se, rel=1e-6, abs=1e-12)
    for of in (
        lambda e: e.difference.estimate,
        lambda e: e.composition.estimate,
        lambda e: e.within.estimate,
    ):
        assert sum(map(of, ours.segments.values())) == pytest.approx(whole(of), abs=1e-13)
    added = whole(lambda e: e.composition.estimate) + whole(lambda e: e.within.estimate)
    assert added == pytest.approx(whole(lambda e: e.difference.estimate), abs=1e-13)


@settings(max_examples=40)
@given(DOMAIN, DOMAIN)
def test_exchanging_the_domains_changes_the_signs(a: Segments, b: Segments) -> None:
    forth = kitagawa(segments_of(a), segments_of(b), SIX)
    back = kitagawa(segments_of(dict(reversed(b.items()))), segments_of(a), SIX)
    for ours, theirs in [
        (forth.whole, back.whole),
        *((forth.segments[name], back.segments[name]) for name in forth.segments),
    ]:
        assert ours.composition.estimate == pytest.approx(
            -value(theirs.composition.estimate), abs=1e-13
        )
        assert ours.within.estimate == pytest.approx(-value(theirs.within.estimate), abs=1e-13)


def value(number: float | None) -> float:
    assert number is not None
    return number


def value_of(explained: Explained) -> Callable[[Callable[[Explained], float | None]], float]:
    return lambda of: value(of(explained))


def together(segments: Mapping[str, Totals]) -> Totals:
    return Totals(
        *(
            np.sum([getattr(one, f.name) for one in segments.values()], axis=0)
            for f in fields(Totals)
        )
    )


def test_equal_means_within_leave_only_composition() -> None:
    a = segments_of({"x": [(0.2, 3.0)] * 6, "y": [(0.8, 1.0)] * 6})
    b = segments_of({"x": [(0.2, 1.0)] * 6, "y": [(0.8, 1.0)] * 6})
    ours = kitagawa(a, b, SIX)
    assert ours.whole.within.estimate == pytest.approx(0, abs=1e-15)
    assert ours.whole.composition.estimate == pytest.approx(0.25 * 0.2 - 0.25 * 0.8)
    assert ours.segments["x"].composition.estimate == pytest.approx(0.25 * (0.2 - 0.425))
    assert ours.segments["y"].composition.estimate == pytest.approx(-0.25 * (0.8 - 0.425))


def test_a_segment_that_one_domain_lacks_is_composition() -> None:
    a = segments_of({"x": [(0.2, 1.0)] * 6, "y": [], "z": []})
    b = segments_of({"x": [(0.2, 1.0)] * 6, "y": [(0.8, 1.0)] * 6, "z": []})
    ours = kitagawa(a, b, SIX)
    assert ours.whole.composition.estimate == pytest.approx(0.2 - 0.5)
    assert ours.whole.within.estimate == pytest.approx(0, abs=1e-15)
    assert ours.segments["y"].within.estimate == 0
    assert (ours.segments["y"].within.se, ours.segments["z"].within.se) == (None, None)
    assert ours.segments["z"].composition.estimate == 0
    assert ours.whole.difference.se is not None


def test_a_domain_of_nobody_has_no_difference() -> None:
    a, b = segments_of({"x": [], "y": []}), segments_of({"x": [(0.2, 1.0)] * 6, "y": []})
    ours = kitagawa(a, b, SIX)
    for explained in (ours.whole, *ours.segments.values()):
        assert (explained.difference.estimate, explained.within.se) == (None, None)


def test_a_domain_in_one_psu_has_parts_without_error() -> None:
    a, b = segments_of({"x": [(0.4, 1.0)]}), segments_of({"x": [(0.2, 1.0), (0.6, 1.0)] * 3})
    ours = kitagawa(a, b, SIX).whole.within
    assert ours.estimate == pytest.approx(0)
    assert (ours.se, ours.low) == (None, None)


@pytest.mark.parametrize(
    ("b", "message"), [(["x"], "not in both: y"), (["x", "z"], "not in both: y, z"), ([], "x, y")]
)
def test_other_segments_are_refused(b: list[str], message: str) -> None:
    people: list[tuple[float, float]] = [(0.2, 1.0)] * 6
    with pytest.raises(ValueError, match=message):
        kitagawa(
            segments_of({"x": people, "y": people}), segments_of(dict.fromkeys(b, people)), SIX
        )


def test_without_segments_nothing_is_explained() -> None:
    with pytest.raises(ValueError, match="not in both: none"):
        kitagawa({}, {}, SIX)


def test_a_design_of_other_psus_is_refused() -> None:
    five = one_person_a_psu(np.full(5, 0.5))
    for refused in (
        lambda: parts({"a": five}, five, SIX),
        lambda: subgroups({"a": five}, SIX),
        lambda: kitagawa({"a": five}, {"a": five}, SIX),
    ):
        with pytest.raises(ValueError, match="The sums are of 5 PSUs, the design of 6"):
            refused()


def test_without_groups_nothing_is_divided() -> None:
    with pytest.raises(ValueError, match="There are no sums"):
        subgroups({}, SIX)
