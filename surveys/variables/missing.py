"""Why a variable has no value, for packages that tell one gap from another."""

from enum import Enum


class Missing(Enum):
    """A reason: its letter in Stata (`.d`), its number in SPSS, its word elsewhere.

    A question that was left blank, or that the form of an interview did not have, gives no reason.
    """

    DONT_KNOW = ("d", -999_999_999, "dont_know")
    REFUSED = ("r", -999_999_998, "refused")
    NOT_APPLICABLE = ("n", -999_999_997, "not_applicable")
    UNREADABLE = ("u", -999_999_996, "unreadable")  # no number, no date, none of the choices

    __hash__ = (
        object.__hash__
    )  # there is one of each; that of enumerations is slow, and cells are many

    def __init__(self, letter: str, number: int, word: str) -> None:
        self.letter = letter
        self.number = number
        self.word = word


LOWEST, HIGHEST = Missing.DONT_KNOW.number, Missing.UNREADABLE.number
UNSAID = {"dk": Missing.DONT_KNOW, "rf": Missing.REFUSED}  # names of choices: asked, not told
