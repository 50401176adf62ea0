"""One enumerator beside the others."""

from dataclasses import replace

import numpy as np
import pytest

from surveys.quality.arrays import Factor, Floats, Integers
from surveys.quality.peers import Peers, holm


def peers_of(who: Integers, site: Integers | None = None) -> Peers:
    sites = np.zeros(len(who), dtype=int) if site is None else site
    enumerator = Factor.of(f"E{one:02}" for one in who)
    trusted = np.ones(len(enumerator.names), dtype=np.bool_)
    return Peers(enumerator, Factor.of(f"S{one}" for one in sites), trusted, 5)


def season(shifts: list[float], each: int = 40) -> tuple[Integers, Floats]:
    who = np.repeat(np.arange(len(shifts)), each)
    noise = np.random.default_rng(1).normal(0, 1, len(who))
    return who, noise + np.array(shifts)[who]


def test_who_is_far_from_all_others_is_found_also_as_a_third_of_all() -> None:
    who, measure = season([0, 0.1, -0.1, 0.2, -0.2, 0.0, 3, 3, 3])
    standing = peers_of(who).standing(measure, spread=0.2, floor=0.1)
    p = standing.p(is_high=True)
    assert (p[6:] < 1e-3).all()
    assert (p[:6] > 0.05).all()
    assert (standing.p(is_high=False)[:6] > 0.02).all()


def test_where_everybody_differs_nobody_stands_out() -> None:
    who, measure = season([-2, -1, 0, 1, 2, 3])
    assert (peers_of(who).standing(measure, spread=0.2, floor=0.1).p(is_high=True) > 0.05).all()


def test_a_difficult_site_is_not_held_against_who_works_there() -> None:
    random = np.random.default_rng(2)
    who = np.repeat(np.arange(6), 60)
    site = np.where(who < 2, random.integers(0, 2, 360), random.integers(2, 8, 360))
    site = np.where(random.random(360) < 0.3, random.integers(0, 8, 360), site)
    measure = random.normal(0, 1, 360) + np.where(site < 2, 3.0, 0.0)
    measure[who == 1] += 3
    p = peers_of(who, site).standing(measure, spread=0.2, floor=0.1).p(is_high=True)
    assert p[0] > 0.02
    assert p[1] < 0.005


def test_one_interview_that_stood_open_overnight_does_not_decide() -> None:
    who, measure = season([0.0] * 6)
    measure[0] = 1e6
    assert peers_of(who).standing(measure, spread=0.2, floor=0.1).z[0] < 2


def test_few_interviews_or_nobody_to_compare_with_is_not_known() -> None:
    who = np.array([0] * 10 + [1] * 10 + [2] * 4)
    standing = peers_of(who).standing(np.arange(24.0), spread=0.2, floor=0.1)
    assert np.isfinite(standing.z).tolist() == [True, True, False]
    nothing = peers_of(who).standing(np.full(24, np.nan), spread=0.2, floor=0.1)
    assert np.isnan(nothing.z).all()
    assert np.isnan(peers_of(who).unlike([], spread=0.3).z).all()


def test_many_small_differences_add_up() -> None:
    random = np.random.default_rng(3)
    who = np.repeat(np.arange(8), 40)
    measures = [random.normal(0, 1, 320) for _ in range(40)]
    for measure in measures:
        measure[who == 5] += random.choice([-0.6, 0.6])
    p = peers_of(who).unlike(measures, spread=0.3).p(is_high=True)
    assert int(np.argmin(p)) == 5
    assert p[5] < 0.002
    assert (np.delete(p, 5) > 0.05).all()


def test_holm() -> None:
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.005])
    assert holm(p).tolist() == pytest.approx([0.03, 0.06, np.nan, 0.06, 0.02], nan_ok=True)
    assert holm(np.full(2, np.nan)).tolist() == pytest.approx([np.nan] * 2, nan_ok=True)


def test_people_of_whom_all_is_unknown_are_unlike_nobody() -> None:
    who = np.array([0] * 6 + [1] * 6)
    measures = [np.where(who == 0, np.arange(12.0), np.nan) for _ in range(3)]
    measures[2][:] = np.nan
    standing = peers_of(who).unlike(measures, spread=0.3)
    assert np.isnan(standing.z[1])
    trusting_nobody = replace(peers_of(who), is_trusted=np.zeros(2, dtype=np.bool_))
    assert np.isnan(trusting_nobody.unlike(measures, spread=0.3).z).all()
