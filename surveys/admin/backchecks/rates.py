"""Error rates as tables: how many answers were compared, how many differ, of whom or of what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveys.admin.backchecks.words import MEANINGS, SHORT, TYPES, Wording
from surveys.backchecks.questions import Again
from surveys.quality.backchecks import Comparison, Rate, Stability, Type, rates
from surveys.quantities import share

FEWEST = 10  # comparisons before a share is shown
HIGH: Mapping[Type, float] = {Type.FIXED: 0.05, Type.SKILL: 0.10, Type.UNSTABLE: 0.20}


@dataclass(frozen=True)
class Cell:
    """One rate; `share` is blank where too little was compared."""

    title: str
    short: str  # of its type
    different: int
    compared: int
    share: str
    is_high: bool


@dataclass(frozen=True)
class Line:
    """A person's or a question's rates: one of each type, None where nothing was compared."""

    name: str
    cells: tuple[Cell | None, ...]


def cell_of(kind: Type, rate: Rate) -> Cell:
    known = rate.compared >= FEWEST and rate.share is not None
    return Cell(
        str(TYPES[kind]),
        str(SHORT[kind]),
        rate.different,
        rate.compared,
        share(rate.share or 0.0) if known else "",
        known and (rate.share or 0.0) > HIGH[kind],
    )


def by_type(rows: Iterable[Comparison]) -> list[tuple[Cell, str]]:
    """Of all, with what many differences mean."""
    found = rates(rows, lambda _row: "")
    return [(cell_of(kind, rate), str(MEANINGS[kind])) for (_, kind), rate in found.items()]


def by_person(rows: Iterable[Comparison], by: Callable[[Comparison], str]) -> list[Line]:
    found = rates(rows, by)
    names = dict.fromkeys(name for name, _kind in found)
    return [
        Line(
            name,
            tuple(
                cell_of(kind, found[name, kind]) if (name, kind) in found else None for kind in Type
            ),
        )
        for name in names
    ]


def by_question(
    rows: Iterable[Comparison], questions: Sequence[Again], wording: Wording
) -> list[tuple[str, Cell]]:
    """In the order of the form."""
    found = {place: (kind, rate) for (place, kind), rate in rates(rows, _question).items()}
    return [
        (wording.question(one.place), cell_of(*found[one.place]))
        for one in questions
        if one.place in found
    ]


def _question(row: Comparison) -> str:
    return row.question


@dataclass(frozen=True)
class Tested:
    """A question's numbers twice. `reliability` is blank where it cannot be computed."""

    question: str
    n: int
    first: float
    second: float
    reliability: str
    is_unreliable: bool
    t_p: str
    rank_p: str
    is_shifted: bool


SHIFTED = 0.05
RELIABLE = 0.7


def tested(tests: Mapping[str, Stability], wording: Wording) -> list[Tested]:
    return [
        Tested(
            wording.question(place),
            one.n,
            one.mean_first,
            one.mean_second,
            "" if one.reliability is None else f"{one.reliability:.2f}",
            one.reliability is not None and one.n >= FEWEST and one.reliability < RELIABLE,
            _p(one.t_p),
            _p(one.rank_p),
            one.n >= FEWEST and min(one.t_p or 1.0, one.rank_p or 1.0) < SHIFTED,
        )
        for place, one in tests.items()
    ]


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
