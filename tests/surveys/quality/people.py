"""People of a made-up survey who differ: what they are asked, how they answer, where and how long.

The form has 60 questions in seven sections: gates that lead to more questions, choices, numbers that
people round, statements judged on one scale. People answer from a few inclinations and from where
they live.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from surveys.quality.arrays import Floats, Integers
from surveys.quality.fieldwork import Kind, State

SECTIONS = tuple("abcdefg")
INCLINATIONS = 3
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
