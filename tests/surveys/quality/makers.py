"""How interviews are made up: each way takes an honest interview that could have been and spoils it."""

from collections.abc import Callable, Mapping

import numpy as np

from surveys.quality.arrays import Integers
from tests.surveys.quality.people import ANSWERED, Field, Made


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
