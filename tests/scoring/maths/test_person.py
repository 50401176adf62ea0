"""People's scores: the golden ones, and exact fractions computed person by person for any others."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.kinds import Kind
from scoring.maths.person import PersonScores, score_people
from scoring.maths.rules import MISSING, NOT_APPLICABLE
from tests.scoring.maths import golden

SCORES = st.sampled_from([0, 3, 4, 6, 8, 9, 12, NOT_APPLICABLE, MISSING])
PEOPLE = st.lists(st.lists(SCORES, min_size=42, max_size=42), min_size=1, max_size=4)
TOLERANCE = 1e-12


def column_of(name: str) -> np.typing.NDArray[np.float64]:
    return np.array([float(row[name] or "nan") for row in golden.rows("person_scores")])


@pytest.mark.parametrize("place", range(6))
def test_golden_standard_scores(place: int) -> None:
    name = golden.scheme().standards[place].name
    ours = golden.people().standards[:, place]
    np.testing.assert_allclose(ours, column_of(f"d_{name}"), rtol=TOLERANCE)


@pytest.mark.parametrize("weighting", ["equal-v1", "drc-ranksum-v1", "drc-roc-v1"])
def test_golden_indexes(weighting: str) -> None:
    ours = golden.people(weighting).index
    np.testing.assert_allclose(ours, column_of(f"index_{weighting}"), rtol=TOLERANCE)


@pytest.mark.parametrize("name", ["c", "c_low", "c_high"])
def test_golden_deprivation_shares(name: str) -> None:
    ours = getattr(golden.people(), name)
    np.testing.assert_allclose(ours, column_of(name), rtol=TOLERANCE)


@pytest.mark.parametrize("k", golden.scheme().k_list, ids=str)
def test_golden_poor_and_indeterminate_people(k: Fraction) -> None:
    variables = golden.people().variables()
    np.testing.assert_array_equal(
        variables[Kind.HEADCOUNT.at(k)], column_of(Kind.HEADCOUNT.at(k).replace("H", "poor"))
    )
    np.testing.assert_array_equal(variables[Kind.UNDECIDED.at(k)], column_of(Kind.UNDECIDED.at(k)))


def test_one_golden_person_in_twenty_is_indeterminate() -> None:
    assert golden.people().variables()["indet_1_3"].mean() == pytest.approx(0.051, abs=0.0005)


def test_all_variables_lie_between_0_and_1() -> None:
    for name, column in golden.people().variables().items():
        valid = column[~np.isnan(column)]
        assert valid.size, name
        assert valid.min() >= 0, name
        assert valid.max() <= 1, name


def test_standards_met_are_distributed_over_those_with_an_index() -> None:
    variables = golden.people().variables()
    distribution = np.stack([variables[f"met_{number}"] for number in range(6)])
    np.testing.assert_array_equal(
        distribution.sum(axis=0), np.where(np.isnan(variables["index"]), np.nan, 1.0)
    )


@settings(max_examples=60)
@given(PEOPLE)
def test_scores_are_the_rounded_exact_fractions(people: list[list[int]]) -> None:
    scores = score_people(golden.scheme("drc-roc-v1"), np.array(people, dtype=np.uint8))
    for row, items in enumerate(people):
        check_standards(scores, row, items)
        check_counting(scores, row, items)


@settings(max_examples=30)
@given(PEOPLE)
def test_a_persons_scores_do_not_depend_on_the_others(people: list[list[int]]) -> None:
    order = list(reversed(range(len(people))))
    items = np.array(people, dtype=np.uint8)
    together = score_people(golden.scheme(), items).variables()
    shuffled = score_people(golden.scheme(), items[order]).variables()
    for name, column in together.items():
        np.testing.assert_array_equal(column[order], shuffled[name])


def standard_score(items: list[int], rows: list[int]) -> Fraction | None:
    applicable = [items[i] for i in rows if items[i] != NOT_APPLICABLE]
    answered = [score for score in applicable if score != MISSING]
    if not answered or 2 * len(answered) < len(applicable):
        return None
    return Fraction(sum(answered), 12 * len(answered))


def check_standards(scores: PersonScores, row: int, items: list[int]) -> None:
    scheme = scores.scheme
    exact = [standard_score(items, scheme.items_of[s.name]) for s in scheme.standards]
    assert same(scores.standards[row], exact)
    available = [
        (s.weight, e)
        for s, e in zip(scheme.standards, exact, strict=True)
        if s.weight and e is not None
    ]
    index, met = None, None
    if len(available) >= 4:
        total = sum(weight for weight, _ in available)
        index = sum((weight * score for weight, score in available), Fraction(0)) / total
        met = Fraction(sum(score >= Fraction(2, 3) for _, score in available))
    assert same([scores.index[row], scores.met[row]], [index, met])
    cores = [
        standard_score(
            items, [i for i, item in enumerate(scheme.items) if item.core_content == core.name]
        )
        for core in scheme.core_contents
    ]
    assert same(scores.core_contents[row], cores)


def check_counting(scores: PersonScores, row: int, items: list[int]) -> None:
    scheme = scores.scheme
    weights: dict[int, Fraction] = {}
    applying = [
        rows
        for standard in scheme.weighted
        if (rows := [i for i in scheme.items_of[standard.name] if items[i] != NOT_APPLICABLE])
    ]
    for rows in applying:
        weights |= dict.fromkeys(rows, Fraction(1, len(applying) * len(rows)))
    missing = sum((w for i, w in weights.items() if items[i] == MISSING), Fraction(0))
    deprived = sum(
        (
            w
            for i, w in weights.items()
            if items[i] != MISSING and items[i] < scheme.items[i].cutoff
        ),
        Fraction(0),
    )
    low, high = (deprived, deprived + missing) if weights else (None, None)
    c = deprived / (1 - missing) if weights and 1 - missing >= Fraction(3, 4) else None
    assert same([scores.c_low[row], scores.c[row], scores.c_high[row]], [low, c, high])
    for place, k in enumerate(scheme.k_list):
        assert scores.poor[row, place] == (c is not None and c >= k)
        undecided = low is not None and high is not None and low < k <= high
        assert scores.indeterminate[row, place] == undecided


def same(ours: object, exact: list[Fraction | None]) -> bool:
    rounded = [np.nan if value is None else float(value) for value in exact]
    return bool(np.array_equal(np.asarray(ours), rounded, equal_nan=True))
