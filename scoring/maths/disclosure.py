"""Which numbers must not be shown, because a few people could be recognised in them.

First the numbers about a few people; then those that would give a hidden one away: the other levels of
a way to divide people, whose total is known; H, M0 and A, of which two give the third; what adds up to
a number that is known.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from scoring.maths.cells import ALL, Cell
from scoring.maths.kinds import PARTS, Kind, beginnings

FEWEST_PEOPLE = 10
FEWEST_PSUS = 3
FEWEST_AT_EXTREME = 30  # "nobody" and "everybody" say something about each one
FEW, FEW_PSUS, FEW_POOR = f"n<{FEWEST_PEOPLE}", f"psu<{FEWEST_PSUS}", f"poor<{FEWEST_PEOPLE}"
EXTREME = "extreme"
BESIDE = "beside"  # another number that is hidden could be worked out from it
OF_THE_POOR = beginnings(*PARTS)
COUNTING_THE_POOR = beginnings(*PARTS, Kind.CENSORED)  # among them all, or among everybody
OF_AN_ITEM = beginnings(Kind.CENSORED, Kind.PART_OF_ITEM)  # not only of whom it applies to


class Row(NamedTuple):
    """A number as it would be published: of how many people, in how many PSUs."""

    people: int
    psus: int
    estimate: float | None = None


Rows: TypeAlias = Mapping[Cell, Row]
Reasons: TypeAlias = dict[Cell, str]


def withheld(rows: Rows, sums: Sequence[Collection[str]] = ()) -> Reasons:
    """Why each number that must not be shown must not; `rows` are all numbers of one publication.

    Everybody's own numbers (`by` all) are the totals that readers know. `sums` names variables of
    which all but one give the last, in every group.
    """
    named = ((cell, suppression(*row)) for cell, row in rows.items())
    reasons = _about_few(rows) | {cell: reason for cell, reason in named if reason}
    thresholds, levels = list(_thresholds(rows)), _levels(rows)
    while more := {
        *_of_sets(thresholds, rows, reasons),
        *_of_sets(_sets(sums, rows, reasons), rows, reasons),
        *_of_levels(levels, rows, reasons),
    }:
        reasons |= dict.fromkeys(more, BESIDE)
    return reasons


def suppression(people: int, psus: int, estimate: float | None = None) -> str:
    """Why a number must not be shown for itself, or blank."""
    if people < FEWEST_PEOPLE:
        return FEW
    if psus < FEWEST_PSUS:
        return FEW_PSUS
    if estimate in (0.0, 1.0) and people < FEWEST_AT_EXTREME:
        return EXTREME
    return ""


def _about_few(rows: Rows) -> Reasons:
    """What is hidden because something that it counts is about few people, or in few PSUs."""
    few = {cell: why for cell, row in rows.items() if (why := suppression(row.people, row.psus))}
    of_poor = {
        (cell.by, cell.level): _of_the_poor(why)
        for cell, why in few.items()
        if cell.variable.startswith(OF_THE_POOR)
    }
    found = {
        cell: _of_the_poor(few[group[-1]])
        for group in _thresholds(rows)
        if group[-1] in few
        for cell in group
    }
    for cell in rows:
        by, level, name = cell
        applies = Cell(by, level, Kind.UNCENSORED.of(name.partition("_")[2]))
        if name.startswith(OF_AN_ITEM) and applies in few:
            found[cell] = few[applies]
        if name.startswith(COUNTING_THE_POOR) and (by, level) in of_poor:
            found[cell] = of_poor[by, level]
    return found


def _of_the_poor(why: str) -> str:
    return FEW_POOR if why == FEW else why


def _thresholds(rows: Rows) -> Iterator[tuple[Cell, ...]]:
    """H, M0 and A of a group at one threshold. Without A nobody is poor: there are 0 and 0."""
    for cell in rows:
        if cell.variable.startswith(Kind.INTENSITY.beginning):
            k = cell.variable.removeprefix(Kind.INTENSITY.beginning)
            kinds = (Kind.HEADCOUNT, Kind.BREADTH, Kind.INTENSITY)
            yield tuple(cell._replace(variable=kind.of(k)) for kind in kinds)


def _sets(
    sums: Sequence[Collection[str]], rows: Rows, reasons: Reasons
) -> Iterator[tuple[Cell, ...]]:
    """The cells that give each other away, of each group in which something is hidden."""
    for by, level in {(cell.by, cell.level) for cell in reasons}:
        for names in sums:
            cells = (Cell(by, level, name) for name in names)
            yield tuple(cell for cell in cells if cell in rows)


def _of_sets(sets: Iterable[tuple[Cell, ...]], rows: Rows, reasons: Reasons) -> Iterator[Cell]:
    """Where one of a set is hidden alone, the one next to it that tells least."""
    for cells in sets:
        shown = [cell for cell in cells if cell not in reasons]
        if len(shown) == len(cells) - 1 and shown:
            yield min(shown, key=lambda cell: (rows[cell].estimate or 0.0, cell))


def _levels(rows: Rows) -> list[list[Cell]]:
    """The levels of each way to divide people, of each variable."""
    found: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in rows:
        if cell.by != ALL:
            found[cell.by, cell.variable].append(cell)
    return list(found.values())


def _of_levels(levels: Iterable[list[Cell]], rows: Rows, reasons: Reasons) -> Iterator[Cell]:
    """The smallest level that is shown, where those that are hidden are one, or few people in all."""
    for cells in levels:
        hidden = [cell for cell in cells if cell in reasons]
        shown = [cell for cell in cells if cell not in reasons]
        if hidden and shown and _is_derivable(hidden, rows):
            yield min(shown, key=lambda cell: (rows[cell].people, cell))


def _is_derivable(hidden: Collection[Cell], rows: Rows) -> bool:
    """Whether everybody less what is shown tells of too few people."""
    return len(hidden) == 1 or sum(rows[cell].people for cell in hidden) < FEWEST_PEOPLE
