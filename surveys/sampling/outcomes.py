"""What can become of a selected person or household, in the terms of AAPOR.

Groups and numbers are those of The American Association for Public Opinion Research, Standard
Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 9th edition (2016),
in-person household surveys.
"""

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """The groups of dispositions that rates are made of."""

    COMPLETE = "I"
    PARTIAL = "P"
    REFUSAL = "R"  # and break-off
    NON_CONTACT = "NC"
    OTHER = "O"  # eligible and met, or known to live there, yet not interviewed
    UNKNOWN_HOUSEHOLD = "UH"  # unknown whether anybody lives there
    UNKNOWN_OTHER = "UO"  # unknown whether anybody there is eligible
    NOT_ELIGIBLE = "NE"

    @property
    def is_interview(self) -> bool:
        return self in (Group.COMPLETE, Group.PARTIAL)

    @property
    def is_unknown(self) -> bool:
        """Whether it is unknown if the person is eligible at all."""
        return self in (Group.UNKNOWN_HOUSEHOLD, Group.UNKNOWN_OTHER)

    @property
    def is_contact(self) -> bool:
        """Whether somebody eligible was met, as contact rates count."""
        return self.is_interview or self in (Group.REFUSAL, Group.OTHER)


class Outcome(StrEnum):
    """What an attempt ended with; the first three are also outcomes of an interview.

    The value is the code that is stored, and the key of its label.
    """

    COMPLETED = "completed"
    PARTIAL = "partial"
    REFUSED = "refused"
    PUT_OFF = "put_off"  # refused, but may be won over: to be tried once more
    BROKEN_OFF = "broken_off"  # with too few answers for a partial interview
    NOBODY_HOME = "nobody_home"  # somebody lives there
    AWAY = "away"  # others were met, the person was not
    NO_ENTRY = "no_entry"  # to the building
    CALL_BACK = "call_back"  # the person was met and asked for another time
    UNABLE = "unable"  # ill or otherwise not able to be interviewed
    LANGUAGE = "language"
    DEAD = "dead"
    NOT_ATTEMPTED = "not_attempted"
    UNREACHED = "unreached"  # weather, a closed road, danger
    NOT_FOUND = "not_found"  # no such address
    MOVED = "moved"  # nobody knows whether still within the area of the survey
    UNSCREENED = "unscreened"  # nobody said whether an eligible person lives there
    MOVED_AWAY = "moved_away"  # out of the area of the survey
    NO_DWELLING = "no_dwelling"
    VACANT = "vacant"
    NOT_ELIGIBLE = "not_eligible"
    TARGET_FILLED = "target_filled"  # not interviewed since no more were wanted

    @property
    def disposition(self) -> "Disposition":
        return DISPOSITIONS[self]

    @property
    def group(self) -> Group:
        return DISPOSITIONS[self].group

    @property
    def is_final(self) -> bool:
        """Whether nobody needs to come back."""
        return DISPOSITIONS[self].is_final


@dataclass(frozen=True)
class Disposition:
    """What an outcome is to AAPOR; what is not final is its group if nothing else comes after."""

    code: str
    group: Group
    is_final: bool


def _final(code: str, group: Group) -> Disposition:
    return Disposition(code, group, is_final=True)


def _open(code: str, group: Group) -> Disposition:
    return Disposition(code, group, is_final=False)


DISPOSITIONS: dict[Outcome, Disposition] = {
    Outcome.COMPLETED: _final("1.1", Group.COMPLETE),
    Outcome.PARTIAL: _final("1.2", Group.PARTIAL),
    Outcome.REFUSED: _final("2.11", Group.REFUSAL),
    Outcome.PUT_OFF: _open("2.11", Group.REFUSAL),
    Outcome.BROKEN_OFF: _final("2.12", Group.REFUSAL),
    Outcome.NOBODY_HOME: _open("2.24", Group.NON_CONTACT),
    Outcome.AWAY: _open("2.25", Group.NON_CONTACT),
    Outcome.NO_ENTRY: _open("2.23", Group.NON_CONTACT),
    Outcome.CALL_BACK: _open("2.36", Group.OTHER),
    Outcome.UNABLE: _final("2.32", Group.OTHER),
    Outcome.LANGUAGE: _final("2.33", Group.OTHER),
    Outcome.DEAD: _final("2.31", Group.OTHER),
    Outcome.NOT_ATTEMPTED: _open("3.11", Group.UNKNOWN_HOUSEHOLD),
    Outcome.UNREACHED: _open("3.17", Group.UNKNOWN_HOUSEHOLD),
    Outcome.NOT_FOUND: _final("3.18", Group.UNKNOWN_HOUSEHOLD),
    Outcome.MOVED: _final("3.90", Group.UNKNOWN_OTHER),
    Outcome.UNSCREENED: _open("3.21", Group.UNKNOWN_OTHER),
    Outcome.MOVED_AWAY: _final("4.10", Group.NOT_ELIGIBLE),
    Outcome.NO_DWELLING: _final("4.50", Group.NOT_ELIGIBLE),
    Outcome.VACANT: _final("4.60", Group.NOT_ELIGIBLE),
    Outcome.NOT_ELIGIBLE: _final("4.70", Group.NOT_ELIGIBLE),
    Outcome.TARGET_FILLED: _final("4.80", Group.NOT_ELIGIBLE),
}
