"""How interviews are made up: each way takes an honest interview that could have been, and spoils it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from surveys.quality.arrays import Floats
from surveys.rehearsal.people import People
from surveys.rehearsal.plan import DEGREE_M, ENUMERATORS, SITES, SITES_OF_A_CITY, Plan, Visit

CHANGED = 0.12  # of the answers that are taken over
AT_HAND = 0.45  # how far somebody who invents at home strays from the usual story
IMAGINED = 0.8
SHORT_WAYS = {"a9": "0", "a10": "olf", "s3_1": "done", "s4_1": "own"}  # fewer questions follow
STATEMENTS = ("p1", "p2", "p3", "p4", "p5")
LATE_SECTIONS = ("g_s3", "g_s4", "g_s5", "g_p")
NO_PLACE = 0.05
DORMITORIES = 0.15  # sites at which everybody lives in one house


@dataclass
class Made:
    """An interview on its way. `early` and `late` say how long a question takes, 1 is usual."""

    visit: Visit
    answers: dict[str, str]
    early: float
    late: float
    metres: tuple[float, float] | None  # north and east of the site
    accuracy_m: float
    begins_s: float = 0.0  # after it was planned to
    lasted_s: float = 0.0  # known once it is filled in


@dataclass
class Field:
    """Everybody who asks, where, and what they have done so far."""

    plan: Plan
    people: People
    random: Generator
    done: list[Made] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = self.random
        self.story = random.normal(0, 0.6, (ENUMERATORS, len(self.people.names)))
        self.lodging = random.uniform(-0.03, 0.03, (ENUMERATORS, 2))  # degrees from the sites
        self.is_dormitory = random.random(SITES) < DORMITORIES
        self.spread_m = 120 * np.exp(random.normal(0, 0.6, SITES))

    def meet(self, visit: Visit) -> Made:
        """The interview as it comes about, made up if its enumerator does so this time."""
        made = self._honest(visit)
        kind = self.plan.makers.get(visit.enumerator)
        if kind and visit.is_whole and self.random.random() < self.plan.share:
            MAKERS[kind](self, made)
        self.done.append(made)
        return made

    def own(self, made: Made) -> list[Made]:
        """The enumerator's interviews so far."""
        return [one for one in self._whole() if one.visit.enumerator == made.visit.enumerator]

    def others(self, made: Made) -> list[Made]:
        return [one for one in self._whole() if one.visit.enumerator != made.visit.enumerator]

    def _whole(self) -> list[Made]:
        return [one for one in self.done if one.visit.is_whole]

    def _honest(self, visit: Visit) -> Made:
        random = self.random
        pace = float(self.plan.pace[visit.enumerator] * np.exp(random.normal(0, 0.22)))
        spread = 8.0 if self.is_dormitory[visit.site] else float(self.spread_m[visit.site])
        north, east = random.normal(0, spread, 2).tolist()
        return Made(
            visit=visit,
            answers=self.people.met(visit.enumerator, visit.site),
            early=pace,
            late=pace,
            metres=None if random.random() < NO_PLACE else (north, east),
            accuracy_m=round(float(random.uniform(3, 25)), 1),
        )


def copy_paste(field: Field, made: Made) -> None:
    """An own interview again with a few answers changed, quickly."""
    own = field.own(made)
    if own:
        _take_over(field, made, own[int(field.random.integers(len(own)))], CHANGED)
        _hurry(made, 0.6)


def borrow(field: Field, made: Made) -> None:
    """Somebody else's interview with some answers changed, at the right place."""
    others = field.others(made)
    if others:
        _take_over(field, made, others[int(field.random.integers(len(others)))], CHANGED)
        _hurry(made, 0.8)


def invent_at_home(field: Field, made: Made) -> None:
    """Too fast, without moving, the usual story and straight lines."""
    made.answers = _invented(field, made, AT_HAND, straight=0.6, avoid=0.4)
    _hurry(made, float(field.random.uniform(0.35, 0.6)))
    if made.metres:
        made.metres = _from_lodging(field, made.visit)


def shorten(field: Field, made: Made) -> None:
    """Visits, asks the first half, and makes up the rest without its long ways."""
    invented = _invented(field, made, IMAGINED, straight=0.3, avoid=0.7)
    late = {one.name for one in field.people.questions if one.path.split("/")[2] in LATE_SECTIONS}
    made.answers |= {name: text for name, text in invented.items() if name in late}
    made.late *= 0.35


def two_at_once(field: Field, made: Made) -> None:
    """Fills in a second form beside the first: begins before the last one has ended."""
    own = field.own(made)
    if own and own[-1].visit.day == made.visit.day:
        last = own[-1]
        _take_over(field, made, last, 0.35)
        begun = (last.visit.started_at - made.visit.started_at).total_seconds() + last.begins_s
        made.begins_s = begun + 0.4 * last.lasted_s
        made.metres = last.metres if last.visit.site == made.visit.site else made.metres


MAKERS: Mapping[str, Callable[[Field, Made], None]] = {
    "copy": copy_paste,
    "home": invent_at_home,
    "shorten": shorten,
    "borrow": borrow,
    "double": two_at_once,
}
USUAL = ("copy", "home", "shorten")


def _take_over(field: Field, made: Made, source: Made, changed: float) -> None:
    fresh = field.random.random(len(made.answers)) < changed
    made.answers = {
        name: made.answers[name] if is_fresh else source.answers[name]
        for name, is_fresh in zip(made.answers, fresh, strict=True)
    }


def _hurry(made: Made, part: float) -> None:
    made.early *= part
    made.late *= part


def _invented(
    field: Field, made: Made, spread: float, *, straight: float, avoid: float
) -> dict[str, str]:
    """Answers one by one around the usual story, gates closed, statements in a straight line."""
    random, story = field.random, field.story[made.visit.enumerator]
    leaning: Floats = story + random.normal(0, spread, len(story))
    answers = field.people.answers(leaning)
    answers |= {name: way for name, way in SHORT_WAYS.items() if random.random() < avoid}
    if random.random() < straight:
        answers |= dict.fromkeys(STATEMENTS, str(random.integers(2, 4)))
    return answers


def _from_lodging(field: Field, visit: Visit) -> tuple[float, float]:
    """Where the enumerator stays in the city, seen from the site."""
    first = visit.site - visit.site % SITES_OF_A_CITY
    sites = field.plan.site_degrees
    there = sites[first : first + SITES_OF_A_CITY].mean(axis=0) + field.lodging[visit.enumerator]
    north, east = (there - sites[visit.site]) * (DEGREE_M, DEGREE_M * 0.866)
    near_n, near_e = field.random.normal(0, 6, 2)
    return float(north + near_n), float(east + near_e)
