"""A few interviews as columns: only what a test names differs from an ordinary day."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from surveys.quality.arrays import Factor, Floats
from surveys.quality.fieldwork import FACTORS, Fieldwork, Kind, Question, State, Whereabouts

NOON = 20_000 * 86_400 + 12 * 3_600.0
NAN = float("nan")


def floats(values: Sequence[float | None]) -> Floats:
    return np.array([NAN if value is None else value for value in values], dtype=np.float64)


def make_question(
    name: str,
    values: Sequence[float | None],
    kind: Kind = Kind.CHOICE,
    states: Mapping[int, State] | None = None,
    **more: Any,
) -> Question:
    """None is not asked, unless `states` says at which place it was asked in vain."""
    answers = floats(values)
    state = np.where(np.isnan(answers), State.NOT_ASKED, State.ANSWERED).astype(np.uint8)
    for place, given in (states or {}).items():
        state[place] = given
    return Question(name, kind, answers, state, **more)


def make_whereabouts(size: int, **columns: Sequence[float | None]) -> Whereabouts:
    """At a site in the middle of nowhere, unless told otherwise."""
    usual = {"latitude": 30.0, "longitude": 114.0, "accuracy_m": 5.0}
    usual |= {"site_latitude": 30.0, "site_longitude": 114.0}
    filled = {name: floats(columns.get(name, [value] * size)) for name, value in usual.items()}
    return Whereabouts(**filled)


def make_fieldwork(size: int, **columns: Any) -> Fieldwork:
    """Interviews I0, I1 ... of E1, an hour each, two hours apart; a list of names a factor."""
    start = floats(columns.pop("start", [NOON + 7_200 * place for place in range(size)]))
    end = floats(columns.pop("end", (start + 3_600).tolist()))
    usual = {"enumerator": "E1", "site": "S1", "version": "1"}
    factors: dict[str, Any] = {
        name: Factor.of(columns.pop(name, [usual.get(name)] * size)) for name in FACTORS
    }
    return Fieldwork(
        ids=tuple(columns.pop("ids", [f"I{place}" for place in range(size)])),
        start=start,
        end=end,
        received=floats(columns.pop("received", (end + 60).tolist())),
        is_complete=np.array(columns.pop("is_complete", [True] * size), dtype=np.bool_),
        questions=tuple(columns.pop("questions", ())),
        whereabouts=columns.pop("whereabouts", Whereabouts.unknown(size)),
        **factors,
        **columns,
    )
