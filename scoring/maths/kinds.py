"""The kinds of numbers that are published, and how each is named."""

from enum import Enum
from fractions import Fraction


class Kind(Enum):
    """The kinds of numbers. A `PART` is a share of M0; it is told at the headline threshold alone."""

    COUNT = "interviews"
    STANDARD = "S"  # named as the scheme names it
    INDEX = "index"
    SHARE = "c"
    HEADCOUNT = "H"
    BREADTH = "M0"
    INTENSITY = "A"
    UNDECIDED = "indet"
    MET = "met"
    CORE = "core"
    GAP = "gap"  # what a standard adds to 1 - index
    UNCENSORED = "U"  # deprived in an item
    CENSORED = "C"  # and poor at the headline threshold
    PART_OF_ITEM = "X"
    PART_OF_STANDARD = "XS"
    PART_OF_CORE = "XC"

    @property
    def beginning(self) -> str:
        """How the names of all variables of this kind begin."""
        return f"{self.value}_"

    def of(self, name: str) -> str:
        """The variable of this kind that is about an item, a standard or a core content."""
        return self.beginning + name

    def at(self, k: Fraction) -> str:
        """The variable of this kind at a threshold: `H_1_3`."""
        return self.of(f"{k.numerator}_{k.denominator}")


INDEX, INTERVIEWS = Kind.INDEX.value, Kind.COUNT.value
ALONE = (Kind.COUNT, Kind.INDEX, Kind.SHARE)  # one variable each, of that name
PARTS = (Kind.PART_OF_ITEM, Kind.PART_OF_STANDARD, Kind.PART_OF_CORE)  # about the poor alone


def beginnings(*kinds: Kind) -> tuple[str, ...]:
    """For `str.startswith`."""
    return tuple(kind.beginning for kind in kinds)
