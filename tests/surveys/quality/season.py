"""Seasons made up from a seed: honest people who differ, and some who make interviews up.

Nothing here knows how the checks work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from surveys.quality.arrays import Booleans, Factor, Floats, Integers
from surveys.quality.fieldwork import DAY_S, Fieldwork, Question, Whereabouts
from tests.surveys.quality.makers import MAKERS
from tests.surveys.quality.people import SECTIONS, Field, Form, Plan, code

FIRST_DAY = 20_500  # since 1970
UTC_OFFSET_S = 8 * 3_600
DEGREE_M = 111_195.0


@dataclass(frozen=True)
class Season:
    fieldwork: Fieldwork
    makers: Mapping[str, str]
    is_made_up: Booleans


def make(plan: Plan, seed: int, part: float = 1.0) -> Season:
    """A season, or the first part of one; the same seed makes the same one."""
    field = Field(plan, np.random.default_rng(seed))
    for site, enumerator, day, second in _schedule(field):
        if day >= part * plan.weeks * 7:
            break
        start = (FIRST_DAY + day) * DAY_S - UTC_OFFSET_S + second
        made = field.honest(enumerator, site, start)
        maker = plan.makers.get(code(enumerator))
        if maker and field.random.random() < plan.share:
            MAKERS[maker](field, made)
            made.made_up = True
        field.done.append(made)
    return Season(_columns(field), plan.makers, np.array([one.made_up for one in field.done]))


def _schedule(field: Field) -> list[tuple[int, int, int, float]]:
    """(site, enumerator, day, second of the day), by time: a site is worked at for a few days."""
    plan, random = field.plan, field.random
    loads = np.exp(random.normal(0, plan.uneven, plan.enumerators))
    turns = random.permutation(plan.sites)
    visits: dict[int, list[int]] = {place: [] for place in range(plan.enumerators)}
    for site in turns:
        if plan.is_confounded:
            who = [int(np.argmin([len(visits[one]) / loads[one] for one in visits]))]
        else:
            who = list(random.choice(plan.enumerators, 3, replace=False, p=loads / loads.sum()))
        for person in range(plan.people):
            visits[int(who[person % len(who)])].append(int(site))
    planned = []
    for enumerator, sites in visits.items():
        days = plan.weeks * 6
        a_day = np.array_split(np.array(sites), days)
        for day, todays in enumerate(a_day):
            second = random.uniform(8.5, 10) * 3_600
            for place, site in enumerate(todays):
                if place and site != todays[place - 1]:
                    second += 3_600
                planned.append((int(site), enumerator, day + day // 6, float(second)))
                second += 1_200 * field.pace[enumerator] + random.exponential(1_100) + 600
    return sorted(planned, key=lambda one: (one[2], one[3]))


def _columns(field: Field) -> Fieldwork:
    plan, random, done = field.plan, field.random, field.done
    size = len(done)
    seconds = np.array([one.seconds for one in done])
    start = np.array([one.start for one in done])
    end = start + seconds.sum(axis=1) + random.uniform(10, 60, size)
    persons = [one.person for one in done]
    for twice in random.choice(np.arange(1, size), min(plan.duplicates, size - 1), replace=False):
        persons[twice] = persons[twice - 1]
    complete = random.random(size) >= plan.refusals
    has_log = random.random(size) >= plan.no_log
    values, states = np.array([one.values for one in done]), np.array([one.states for one in done])
    return Fieldwork(
        ids=tuple(f"uuid:{place:05}" for place in range(size)),
        enumerator=Factor.of(code(one.enumerator) for one in done),
        site=Factor.of(f"S{one.site:03}" for one in done),
        team=Factor.of(f"T{one.enumerator // 3}" for one in done),
        psu=Factor.of(f"P{one.site // 2:03}" for one in done),
        version=Factor.of(["1"] * size),
        case=Factor.unknown(size),
        person=Factor.of(persons),
        start=start,
        end=end,
        received=end + random.uniform(600, 80_000, size),
        is_complete=complete,
        questions=_questions(field.form, values, states),
        whereabouts=_whereabouts(field, has_place=random.random(size) >= plan.no_place),
        section_s={
            name: np.where(has_log, seconds[:, place], np.nan)
            for place, name in enumerate(SECTIONS)
        },
        utc_offset_s=UTC_OFFSET_S,
    )


def _questions(form: Form, values: Floats, states: Integers) -> tuple[Question, ...]:
    return tuple(
        Question(
            item.name,
            item.kind,
            np.ascontiguousarray(values[:, place]),
            states[:, place].astype(np.uint8),
            SECTIONS[item.section],
            item.battery,
            item.is_reversed,
        )
        for place, item in enumerate(form.items)
    )


def _whereabouts(field: Field, has_place: Booleans) -> Whereabouts:
    site = np.array([field.site_m[one.site] for one in field.done])
    spot = np.array([one.spot for one in field.done])
    at = site + spot[:, :2]
    latitude, longitude = 30 + at[:, 1] / DEGREE_M, 114 + at[:, 0] / DEGREE_M / 0.866
    return Whereabouts(
        np.where(has_place, np.round(latitude, 7), np.nan),
        np.where(has_place, np.round(longitude, 7), np.nan),
        np.where(has_place, spot[:, 2], np.nan),
        30 + site[:, 1] / DEGREE_M,
        114 + site[:, 0] / DEGREE_M / 0.866,
    )


def varied(seed: int, makers: Mapping[str, str], share: float | None = None) -> Plan:
    """A season of another kind for every seed; a share of interviews is made up, or 0.5 to 1."""
    random = np.random.default_rng([seed, 7])
    return replace(
        Plan(makers=makers),
        is_confounded=bool(random.random() < 0.4),
        pace_sd=float(random.uniform(0.05, 0.2)),
        shift_sd=float(random.uniform(0.05, 0.25)),
        site_sd=float(random.uniform(0.2, 0.6)),
        no_place=float(random.choice([0.02, 0.1, 0.4, 1.0], p=[0.5, 0.25, 0.15, 0.1])),
        no_log=float(random.choice([0.0, 0.2, 1.0], p=[0.5, 0.3, 0.2])),
        dormitories=float(random.uniform(0, 0.5)),
        uneven=float(random.uniform(0.05, 0.5)),
        fast=int(random.integers(0, 3)),
        share=float(random.uniform(0.5, 1.0)) if share is None else share,
    )
