"""A finding: a doubt with its numbers, the interviews behind it, and a name that stays."""

import hashlib
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Check(StrEnum):
    """What was looked at; edges have a title and a sentence for each."""

    SAME_CASE = "same_case"
    SAME_PERSON = "same_person"
    NEAR_IDENTICAL = "near_identical"
    BROKEN_RULE = "broken_rule"
    BLANK = "blank"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    OTHER = "other"
    OUTLIER_IQR = "outlier_iqr"
    OUTLIER_SD = "outlier_sd"
    SHORT_INTERVIEW = "short_interview"
    LONG_INTERVIEW = "long_interview"
    SHORT_SECTION = "short_section"
    SHORT_QUESTION = "short_question"
    STRAIGHT_LINE = "straight_line"
    HEAPING = "heaping"
    FIRST_DIGITS = "first_digits"
    ENUMERATOR_EFFECT = "enumerator_effect"
    OVERLAP = "overlap"
    TRAVEL = "travel"
    CROWDED_DAY = "crowded_day"
    NIGHT = "night"
    CLOCK = "clock"
    OLD_FORM = "old_form"
    FAR_FROM_SITE = "far_from_site"
    NO_ACCURACY = "no_accuracy"
    SAME_PLACE = "same_place"
    NO_PLACE = "no_place"
    FLOOR = "floor"
    CEILING = "ceiling"
    SUSPICION = "suspicion"
    SECOND_VISIT = "second_visit"


class Severity(IntEnum):
    """How soon somebody should look."""

    NOTE = 1
    WATCH = 2
    ALERT = 3


class About(StrEnum):
    """What kind of thing a finding is about."""

    INTERVIEW = "interview"
    ENUMERATOR = "enumerator"
    TEAM = "team"
    SITE = "site"
    QUESTION = "question"
    CASE = "case"
    PERSON = "person"


@dataclass(frozen=True)
class Finding:
    """A doubt about one thing. Numbers that a check does not have are None."""

    check: Check
    severity: Severity
    about: About
    name: str  # the interview's id, the enumerator's code, the question's name ...
    interviews: tuple[str, ...]  # ids of those behind it
    value: float | None = None  # what was seen
    expected: float | None = None  # what is usual: the peers', the median, the model's
    threshold: float | None = None  # the value from which on it is a finding
    p: float | None = None  # adjusted for all the comparisons made together
    question: str = ""  # or section, battery, rule, where the finding is about one of them
    doubt: str = ""  # what else makes it another doubt than the last one about the same thing

    @property
    def key(self) -> str:
        """32 hex digits: the same doubt has the same key in every run, whatever its numbers."""
        parts = (self.check, self.about, self.name, self.question, self.doubt)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def digest(interviews: tuple[str, ...]) -> str:
    """Stands for a set of interviews, so that one more makes another doubt."""
    return hashlib.sha256("\x1f".join(sorted(interviews)).encode()).hexdigest()[:16]
