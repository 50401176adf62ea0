"""Signs of interviews that were made up: in what they differ, and how far honest people do.

The spreads are judgements, on the high side of what is found between honest people: a survey whose
people differ more shows it, and then its own spread is used. The weights say where in a kind of
evidence most is expected; they only share out what a kind may claim.
"""

from dataclasses import dataclass
from enum import StrEnum

MORE, LESS = True, False


class Kind(StrEnum):
    """Kinds of evidence that have nothing to do with each other in honest work."""

    TIME = "time"
    PRESENCE = "presence"
    PLACE = "place"
    VARIETY = "variety"
    SCALES = "scales"
    PATH = "path"
    ANSWERS = "answers"


@dataclass(frozen=True)
class Sign:
    """A measure in which work that was made up differs; `measure` names it in `Measures`."""

    measure: str
    kind: Kind
    is_high: bool  # whether more of it is the doubt
    weight: float  # within the kind
    spread: float  # standard deviation between honest people
    floor: float  # least standard deviation between single interviews


SIGNS = (
    Sign("pace", Kind.TIME, LESS, 3, 0.15, 0.15),
    Sign("short", Kind.TIME, MORE, 2, 0.06, 0.20),
    Sign("late_pace", Kind.TIME, LESS, 3, 0.10, 0.15),
    Sign("unevenness", Kind.TIME, LESS, 1, 0.06, 0.10),
    Sign("quick_turn", Kind.TIME, MORE, 1, 0.15, 0.25),
    Sign("night", Kind.TIME, MORE, 1, 0.08, 0.20),
    Sign("overlap", Kind.PRESENCE, MORE, 1, 0.04, 0.15),
    Sign("travel", Kind.PRESENCE, MORE, 1, 0.04, 0.15),
    Sign("far", Kind.PLACE, MORE, 3, 0.08, 0.20),
    Sign("movement", Kind.PLACE, LESS, 3, 0.45, 0.60),
    Sign("distance", Kind.PLACE, MORE, 1, 0.40, 0.40),
    Sign("repeated", Kind.PLACE, MORE, 1, 0.12, 0.20),
    Sign("mocked", Kind.PLACE, MORE, 1, 0.04, 0.15),
    Sign("lost", Kind.PLACE, MORE, 1, 0.25, 0.25),
    Sign("copied", Kind.VARIETY, MORE, 2, 0.03, 0.15),
    Sign("sameness", Kind.VARIETY, MORE, 2, 0.012, 0.02),
    Sign("flatness", Kind.VARIETY, MORE, 1, 0.05, 0.10),
    Sign("straight", Kind.SCALES, MORE, 1, 0.06, 0.15),
    Sign("path", Kind.PATH, LESS, 4, 0.016, 0.02),
    Sign("unsure", Kind.PATH, LESS, 1, 0.018, 0.01),
    Sign("blank", Kind.PATH, MORE, 1, 0.03, 0.03),
    Sign("ticks", Kind.PATH, LESS, 1, 0.20, 0.30),
    Sign("incoherence", Kind.ANSWERS, MORE, 4, 0.033, 0.05),
    Sign("round_numbers", Kind.ANSWERS, MORE, 1, 0.08, 0.15),
)
UNLIKE = Sign("unlike", Kind.ANSWERS, MORE, 3, 0.30, 0.0)  # of enumerators, not of interviews
PROOFS = ("overlap", "copied")  # what no honest work brings about, nor a receiver that is broken
