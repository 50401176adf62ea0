"""Which numbers must not be shown, because a few people could be recognised in them."""

from collections.abc import Mapping

from scoring.maths.cells import Cell

FEWEST_PEOPLE = 10
FEWEST_PSUS = 3
FEWEST_AT_EXTREME = 30  # "nobody" and "everybody" say something about each one


def suppression(people: int, psus: int, estimate: float | None = None) -> str:
    """Why a number must not be shown, or blank."""
    if people < FEWEST_PEOPLE:
        return f"n<{FEWEST_PEOPLE}"
    if psus < FEWEST_PSUS:
        return f"psu<{FEWEST_PSUS}"
    if estimate in (0.0, 1.0) and people < FEWEST_AT_EXTREME:
        return "extreme"
    return ""


def thresholds_with_few(people: Mapping[Cell, int]) -> dict[Cell, str]:
    """Reasons to hide H, M0 and A of a group together, where the poor are few.

    A = M0 / H, so that hiding A of a few poor people alone would hide nothing. `people` holds the
    number of valid cases of every cell; those of A are the poor.
    """
    return {
        cell._replace(variable=f"{name}_{k}"): f"poor<{FEWEST_PEOPLE}"
        for cell, poor in people.items()
        if poor < FEWEST_PEOPLE and cell.variable.startswith("A_")
        for k in [cell.variable.removeprefix("A_")]
        for name in ("H", "M0", "A")
    }
