"""Seasons made up from a seed: honest people who differ, and some who make interviews up.

The form has 60 questions in seven sections: gates that lead to more questions, choices, numbers that
people round, statements judged on one scale. People answer from a few inclinations and from where
they live. Nothing here knows how the checks work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator

from surveys.quality.arrays import Booleans, Factor, Floats, Integers
from surveys.quality.fieldwork import DAY_S, Fieldwork, Kind, Question, State, Whereabouts

SECTIONS = tuple("abcdefg")
INCLINATIONS = 3
FIRST_DAY = 20_500  # since 1970
UTC_OFFSET_S = 8 * 3_600
DEGREE_M = 111_195.0
ANSWERED, NOT_ASKED = int(State.ANSWERED), int(State.NOT_ASKED)


@dataclass(frozen=True)
class Plan:
    """How a season is; every share is between 0 and 1."""

    sites: int = 60
    enumerators: int = 9
    weeks: int = 6
    people: int = 20  # at a site
    is_confounded: bool = False  # every enumerator has sites of their own
    pace_sd: float = 0.12
    shift_sd: float = 0.15  # of an enumerator's influence on answers, beside 1 of people
    site_sd: float = 0.35
    cluster_sd: float = 0.6  # of where interviews are, in logarithms
    no_place: float = 0.05
    no_log: float = 0.1
    dormitories: float = 0.15
    refusals: float = 0.08
    duplicates: int = 4
    uneven: float = 0.2  # how unequal the loads are, in logarithms
    fast: int = 1  # honest people who are quick
    makers: Mapping[str, str] = field(default_factory=dict)  # enumerator -> how they make things up
    share: float = 0.9  # of their interviews


@dataclass(frozen=True)
class Item:
    """A question, and how people come to its answers."""

    name: str
    section: int
    kind: Kind
    options: int
    loads: Floats
    cuts: Floats
    gate: int | None = None  # the item that must be answered with more than 0
    battery: str = ""
    is_reversed: bool = False


@dataclass
class Made:
    """One interview on its way."""

    enumerator: int
    site: int
    person: str
    start: float
    values: Floats
    states: Integers
    seconds: Floats  # by section
    spot: tuple[float, float, float]  # metres east and north of the site, accuracy
    made_up: bool = False


@dataclass(frozen=True)
class Season:
    fieldwork: Fieldwork
    makers: Mapping[str, str]
    is_made_up: Booleans


class Form:
    """The items, and as arrays what all answers are made from at once."""

    def __init__(self, random: Generator) -> None:
        self.items = [item for section in range(7) for item in _section(random, section)]
        self.sections = np.array([item.section for item in self.items])
        self.gates = [(place, item.gate) for place, item in enumerate(self.items) if item.gate]
        self.battery = np.array([bool(item.battery) for item in self.items])
        self.cuts = np.full((len(self.items), 5), np.inf)
        for place, item in enumerate(self.items):
            self.cuts[place, : len(item.cuts)] = item.cuts
        kinds = [item.kind for item in self.items]
        self.numbers = np.array([kind is Kind.NUMBER for kind in kinds])
        self.choices = np.array([kind is Kind.CHOICES for kind in kinds])

    def answer(self, random: Generator, liability: Floats) -> Floats:
        """Answers from inclinations towards each item, gates not looked at."""
        values = (liability[:, None] > self.cuts).sum(axis=1).astype(float)
        number = np.round(np.exp(3.4 + 0.45 * liability[self.numbers]))
        is_round = random.random(len(number)) < 0.35
        values[self.numbers] = np.where(is_round, 5 * np.round(number / 5), number)
        odds = np.exp(0.6 * liability[self.choices] - 1.2)
        chosen = random.random((len(odds), 6)) < (odds / (1 + odds))[:, None]
        values[self.choices] = chosen @ 2.0 ** np.arange(6)
        return np.asarray(values)

    def skip(self, values: Floats, states: Integers) -> None:
        """Takes away what does not apply."""
        for place, gate in self.gates:
            if not values[gate] > 0 or states[gate] != ANSWERED:
                values[place], states[place] = np.nan, NOT_ASKED


def _section(random: Generator, section: int) -> list[Item]:
    """Nine items, or eight of the first and six of one battery at the end."""
    start = (0, 9, 18, 27, 36, 45, 54)[section]
    items = []
    for place in range(6 if section == 6 else 9):
        name = f"{SECTIONS[section]}{place + 1}"
        loads = random.normal(0, 0.45, INCLINATIONS)
        if section == 6:
            loads = np.array([0.7, 0.2, 0.0]) * (-1 if place == 3 else 1)
            cuts = np.array([-1.2, -0.1, 1.0]) + random.normal(0, 0.2)
            items.append(
                Item(name, section, Kind.CHOICE, 4, loads, cuts, None, "agree", place == 3)
            )
            continue
        kind = (
            Kind.CHOICE,
            Kind.CHOICE,
            Kind.CHOICE,
            Kind.NUMBER,
            Kind.CHOICE,
            Kind.CHOICE,
            Kind.CHOICES,
            Kind.CHOICE,
            Kind.NUMBER,
        )[place]
        options = int(random.integers(2, 6))
        gate = start + 1 if section > 0 and place in (2, 3, 4) else None
        cuts = np.sort(random.normal(0, 0.9, options - 1))
        if section > 0 and place == 1:
            cuts = np.array([-0.5, 0.6])
        items.append(Item(name, section, kind, len(cuts) + 1, loads, cuts, gate))
    return items


class Field:
    """The people, sites and enumerators of a season."""

    def __init__(self, plan: Plan, random: Generator) -> None:
        self.plan, self.random = plan, random
        self.form = Form(random)
        many, items = plan.enumerators, len(self.form.items)
        self.loads = np.array([item.loads for item in self.form.items])
        self.site_shift = random.normal(0, plan.site_sd, (plan.sites, INCLINATIONS))
        self.shift = random.normal(0, plan.shift_sd, (many, items))
        self.pace = np.exp(random.normal(0, plan.pace_sd, many))
        self.unsure = 0.03 * np.exp(random.normal(0, 0.4, many))
        self.stereotype = random.normal(0, 0.6, (many, items))
        self.is_dormitory = random.random(plan.sites) < plan.dormitories
        self.spread_m = 120 * np.exp(random.normal(0, plan.cluster_sd, plan.sites))
        self.site_m = random.uniform(-25_000, 25_000, (plan.sites, 2))
        honest = [place for place in range(many) if code(place) not in plan.makers]
        self.pace[honest[: plan.fast]] *= 0.7
        self.done: list[Made] = []

    def honest(self, enumerator: int, site: int, start: float) -> Made:
        random, items = self.random, self.form.items
        inclined = random.normal(0, 1, INCLINATIONS) + self.site_shift[site]
        liability = (
            self.loads @ inclined + random.normal(0, 0.8, len(items)) + self.shift[enumerator]
        )
        values = self.form.answer(random, liability)
        states = np.full(len(items), ANSWERED)
        unsure = random.random(len(items)) < self.unsure[enumerator] * np.exp(random.normal(0, 0.5))
        states[unsure] = random.choice(
            [int(State.DONT_KNOW), int(State.REFUSED)], unsure.sum(), p=[0.7, 0.3]
        )
        values[unsure] = np.nan
        person = f"person {random.integers(10**12)}"
        made = Made(enumerator, site, person, start, values, states, np.zeros(7), (0.0, 0.0, 5.0))
        self.form.skip(values, states)
        made.seconds = self.seconds(made)
        made.spot = self.spot(site)
        return made

    def seconds(self, made: Made) -> Floats:
        """By section: some 17 seconds a question, longer for some people, on some days."""
        asked = np.bincount(self.form.sections[made.states != NOT_ASKED], minlength=7)
        slow = np.exp(self.random.normal(0, 0.22)) * self.pace[made.enumerator]
        noise = np.exp(self.random.normal(0, 0.25, 7))
        return np.asarray((17 * asked + 10) * slow * noise)

    def spot(self, site: int) -> tuple[float, float, float]:
        random = self.random
        accuracy = float(np.round(random.uniform(3, 25), 1))
        if self.is_dormitory[site]:
            if random.random() < 0.4:  # a receiver that finds nothing indoors gives its last place
                return 3.0 * site, 2.0, accuracy
            east, north = random.normal(0, 8, 2)
        else:
            east, north = random.normal(0, self.spread_m[site], 2)
        return float(east), float(north), accuracy

    def elsewhere(self, site: int, metres: Floats) -> tuple[float, float, float]:
        """A place given in metres of the whole area, seen from a site."""
        east, north = metres - self.site_m[site] + self.random.normal(0, 6, 2)
        return float(east), float(north), float(np.round(self.random.uniform(3, 25), 1))


def code(place: int) -> str:
    return f"E{place + 1:02}"


# How interviews are made up: each takes an honest interview that could have been and spoils it.


def copy_paste(field: Field, made: Made) -> None:
    """An own interview again with a few answers changed, quickly, wherever it is convenient."""
    own = [one for one in field.done if one.enumerator == made.enumerator]
    if own:
        _take_over(field, made, own[field.random.integers(len(own))], changed=0.12)
        made.seconds = made.seconds * 0.6


def borrow(field: Field, made: Made) -> None:
    """Somebody else's interview with some answers changed, at the right place."""
    others = [one for one in field.done if one.enumerator != made.enumerator]
    if others:
        _take_over(field, made, others[field.random.integers(len(others))], changed=0.12)
        made.seconds = made.seconds * 0.8


def invent_at_home(field: Field, made: Made) -> None:
    """Too fast, without moving, the usual answers and straight lines."""
    _invent(field, made, spread=0.45, straight=0.6, avoid=0.4)
    made.seconds = made.seconds * field.random.uniform(0.35, 0.6)
    home = field.site_m[made.enumerator] + 700
    made.spot = field.elsewhere(made.site, home)


def shorten(field: Field, made: Made) -> None:
    """Visits, asks the first half, and makes up the rest without its long ways."""
    late = np.flatnonzero(field.form.sections >= 3)
    _invent(field, made, spread=0.8, straight=0.3, avoid=0.7, only=late)
    made.seconds[3:] = made.seconds[3:] * 0.35


def invent_nearby(field: Field, made: Made) -> None:
    """Sits in front of the site, takes nearly as long, and invents with some imagination."""
    _invent(field, made, spread=0.9, straight=0.15, avoid=0.4)
    made.seconds = made.seconds * 0.75
    made.spot = (30.0 + field.random.normal(0, 4), field.random.normal(0, 4), 6.0)


def two_at_once(field: Field, made: Made) -> None:
    """Fills in a second form beside the first: begins before the last one has ended."""
    own = [one for one in field.done if one.enumerator == made.enumerator]
    if own:
        _take_over(field, made, own[-1], changed=0.35)
        made.start = own[-1].start + 0.4 * own[-1].seconds.sum()
        made.spot = own[-1].spot


def careful(field: Field, made: Made) -> None:
    """Knows what is usual, takes the time, is at the site; shortens ways and invents the rest."""
    _invent(field, made, spread=0.9, straight=0.05, avoid=0.6, knows=0.7)
    made.seconds = made.seconds * 0.8


MAKERS: Mapping[str, Callable[[Field, Made], None]] = {
    "copy": copy_paste,
    "borrow": borrow,
    "home": invent_at_home,
    "shorten": shorten,
    "nearby": invent_nearby,
    "double": two_at_once,
    "careful": careful,
}


def _take_over(field: Field, made: Made, source: Made, *, changed: float) -> None:
    fresh = field.random.random(len(made.values)) < changed
    values = np.where(fresh, made.values, source.values)
    states = np.where(fresh, made.states, source.states)
    gone = np.isnan(values) & (states == ANSWERED)
    values[gone], states[gone] = 0.0, ANSWERED
    field.form.skip(values, states)
    made.values, made.states = values, states
    made.seconds = field.seconds(made)


def _invent(
    field: Field,
    made: Made,
    *,
    spread: float,
    straight: float,
    avoid: float,
    knows: float = 0.0,
    only: Integers | None = None,
) -> None:
    """Answers from a stereotype, one by one; gates closed, statements in a straight line."""
    random, items = field.random, field.form.items
    stereotype = (1 - knows) * field.stereotype[made.enumerator]
    values = field.form.answer(random, stereotype + random.normal(0, spread, len(items)))
    states = np.full(len(items), ANSWERED)
    for gate in sorted({gate for _, gate in field.form.gates}):
        if random.random() < avoid:
            values[gate] = 0.0
    if random.random() < straight:
        values[field.form.battery] = random.integers(1, 4)
    if only is not None:
        kept = np.setdiff1d(np.arange(len(items)), only)
        values[kept], states[kept] = made.values[kept], made.states[kept]
    field.form.skip(values, states)
    made.values, made.states = values, states
    made.seconds = field.seconds(made)


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
