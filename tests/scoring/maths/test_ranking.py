"""Rankings put together, against numbers computed by hand and Kendall's own formula."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.maths.ranking import (
    Method,
    Strength,
    agreement,
    basis_points,
    by_place,
    by_rank,
    completed,
    of_each,
)

NAN = np.nan
THREE = np.array([[1.0, 2, 3], [1, 3, 2], [2, 1, 3]])  # three people's rankings
ONES = np.ones(3)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.EQUAL, [2000, 2000, 2000, 2000, 2000]),
        (Method.RANK_SUM, [3333, 2667, 2000, 1333, 667]),
        (Method.CENTROID, [4567, 2567, 1566, 900, 400]),
        (Method.RECIPROCAL, [4379, 2190, 1460, 1095, 876]),  # 4379.56 has the least remainder
    ],
)
def test_the_weights_of_five_places(method: Method, expected: list[int]) -> None:
    assert basis_points(by_place(method, 5)) == expected


def test_the_centroid_is_the_mean_of_the_corners() -> None:
    """Of all weights that fall with the rank, the corners are (1), (1/2, 1/2), (1/3, 1/3, 1/3)."""
    corners = np.array([[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])
    assert by_place(Method.CENTROID, 3) == pytest.approx(corners.mean(axis=0))


def test_who_is_left_out_shares_the_mean_of_the_places_left() -> None:
    ranks = np.array([[1.0, 2, 3, 4], [NAN, 1, NAN, NAN], [2, NAN, 1, NAN]])
    assert completed(ranks).tolist() == [[1, 2, 3, 4], [3, 1, 3, 3], [2, 3.5, 1, 3.5]]


def test_three_people_by_hand() -> None:
    """Sums of ranks 4, 6, 8: S = 8, W = 12 x 8 / (9 x 24) = 4/9; chi2 = 3 x 2 x 4/9."""
    found = agreement(THREE, ONES)
    assert found.people == 3
    assert found.mean_ranks == pytest.approx([4 / 3, 2, 8 / 3])
    assert found.order == [0, 1, 2]
    assert found.w == pytest.approx(4 / 9)
    assert found.chi2 == pytest.approx(8 / 3)
    assert found.df == 2
    assert found.p == pytest.approx(np.exp(-4 / 3))  # chi-square of 2 degrees of freedom


def test_ties_are_corrected_for_as_kendall_does() -> None:
    ranks = np.array([[1, 2, NAN, NAN], [1.0, 2, 3, 4], [2, 1, 4, 3], [NAN, 1, NAN, NAN]])
    sums = completed(ranks).sum(axis=0)
    m, n, ties = 4, 4, (2**3 - 2) + (3**3 - 3)
    s = ((sums - sums.mean()) ** 2).sum()
    w = 12 * s / (m**2 * (n**3 - n) - m * ties)
    assert agreement(ranks, np.ones(4)).w == pytest.approx(w)


def test_the_test_is_friedmans() -> None:
    """chi2 = m (n - 1) W is Friedman's statistic, which scipy computes with ties."""
    ranks = np.array([[1.0, 2, 3, 4], [2, 1, NAN, NAN], [1, 2, 4, 3], [1, NAN, NAN, NAN]])
    friedman = stats.friedmanchisquare(*completed(ranks).T)
    found = agreement(ranks, np.ones(4))
    assert (found.chi2, found.p) == pytest.approx((friedman.statistic, friedman.pvalue))


def test_a_weight_of_two_counts_as_two_people_in_the_means() -> None:
    twice = agreement(np.vstack([THREE, THREE[:1]]), np.ones(4))
    weighted = agreement(THREE, np.array([2.0, 1, 1]))
    assert weighted.mean_ranks == pytest.approx(twice.mean_ranks)
    assert weighted.w == pytest.approx(twice.w)
    assert weighted.chi2 == pytest.approx(16 / 6 * 2 * twice.w)  # of 16/6 people, not of 4


def test_all_alike_agree_wholly_and_opposites_not_at_all() -> None:
    assert agreement(np.array([[1.0, 2, 3]] * 4), np.ones(4)).w == pytest.approx(1)
    assert agreement(np.array([[1.0, 2, 3], [3, 2, 1]]), np.ones(2)).w == pytest.approx(0)


def test_who_ranks_nothing_agrees_with_nobody() -> None:
    assert np.isnan(agreement(np.array([[NAN, NAN]]), np.ones(1)).w)


def test_equal_ranks_share_their_weights() -> None:
    assert by_rank(Method.RANK_SUM, np.array([2.0, 1, 2])) == pytest.approx([1 / 4, 1 / 2, 1 / 4])
    assert by_rank(Method.CENTROID, np.array([3.5, 1, 2, 3.5])) == pytest.approx(
        [5 / 48, 25 / 48, 13 / 48, 5 / 48]
    )


def test_means_of_each_persons_weights_by_hand() -> None:
    """Rank sums of three: 3/6, 2/6, 1/6; the first standard is first, first and second."""
    assert of_each(Method.RANK_SUM, THREE, ONES) == pytest.approx([8 / 18, 6 / 18, 4 / 18])
    assert of_each(Method.RANK_SUM, THREE, np.array([2.0, 1, 1])) == pytest.approx(
        [11 / 24, 8 / 24, 5 / 24]
    )
    centroids = np.array([[11, 5, 2], [11, 2, 5], [5, 11, 2]]) / 18
    assert of_each(Method.CENTROID, THREE, ONES) == pytest.approx(centroids.mean(axis=0))


@pytest.mark.parametrize(
    ("w", "strength"),
    [(0.1, Strength.WEAK), (0.5, Strength.MODERATE), (0.69, Strength.MODERATE), (0.7, "strong")],
)
def test_how_strong_an_agreement_is(w: float, strength: Strength) -> None:
    assert Strength.of(w) == strength


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_basis_points_add_up_and_are_never_a_whole_point_off(parts: list[int]) -> None:
    exact = [Fraction(part, sum(parts)) * 10_000 for part in parts]
    found = basis_points([float(share / 10_000) for share in exact])
    assert sum(found) == 10_000
    assert all(abs(point - share) < 1 for point, share in zip(found, exact, strict=True))
