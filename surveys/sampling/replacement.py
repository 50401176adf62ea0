"""Units that cannot be done, and which of the reserve comes in for them: never out of order."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.sampling.draws import Draw, Selection, StratumDraw


@dataclass(frozen=True)
class Substitution:
    """An entry of the log: who came in for whom, and why."""

    replaced: str  # code of a unit that was in the field
    by: str  # code of the next one in the stratum's reserve
    stratum: str
    original: str  # the drawn unit that both stand for, where replacements were replaced
    reason: str  # as written


class Refusal(StrEnum):
    """Why nobody comes in."""

    NOT_IN_THE_FIELD = "not_in_the_field"  # not drawn, nor come in for another
    REPLACED_ALREADY = "replaced_already"
    NONE_LEFT = "none_left"  # in the stratum's reserve
    NO_REASON = "no_reason"


def substitute(
    draw: Draw, log: Sequence[Substitution], code: str, reason: str
) -> Substitution | Refusal:
    """The next entry of the log, where this unit cannot be done.

    `log` is everything that was replaced before, in any order. The next one comes from the same
    stratum, and is the first of its reserve that has not come in yet.
    """
    if not reason.strip():
        return Refusal.NO_REASON
    if any(entry.replaced == code for entry in log):
        return Refusal.REPLACED_ALREADY
    came_in = {entry.by: entry for entry in log}
    stratum = _stratum_of(draw, code)
    if stratum is None or not (code in came_in or _is_in(stratum.selected, code)):
        return Refusal.NOT_IN_THE_FIELD
    waiting = (one.unit.code for one in stratum.replacements if one.unit.code not in came_in)
    next_one = next(waiting, None)
    if next_one is None:
        return Refusal.NONE_LEFT
    original = came_in[code].original if code in came_in else code
    return Substitution(code, next_one, stratum.name, original, reason.strip())


def in_the_field(draw: Draw, log: Sequence[Substitution]) -> tuple[Selection, ...]:
    """The units to be done now: what was drawn, less who was replaced, and who came in for them."""
    came_in = {entry.by for entry in log}
    replaced = {entry.replaced for entry in log}
    reserve = (one for one in draw.replacements if one.unit.code in came_in)
    return tuple(one for one in (*draw.selected, *reserve) if one.unit.code not in replaced)


def _stratum_of(draw: Draw, code: str) -> StratumDraw | None:
    return next((one for one in draw.strata if _is_in(one.selected + one.replacements, code)), None)


def _is_in(selections: Sequence[Selection], code: str) -> bool:
    return any(one.unit.code == code for one in selections)
