"""Doubts in words: what each check looks at, what it saw, and beside what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from surveys.models import Doubt
from surveys.quality.finding import Check
from surveys.quality.thresholds import Thresholds
from surveys.quantities import clock, long_duration, metres, plain, share, speed, times

EPOCH = date(1970, 1, 1)
SEVERITIES: Mapping[int, tuple[str, Promise]] = MappingProxyType(
    {
        3: ("error", gettext_lazy("Alert")),
        2: ("warning", pgettext_lazy("how soon to look", "Watch")),
        1: ("note", gettext_lazy("Note")),
    }
)


@dataclass(frozen=True)
class Words:
    """A check's title, and what it means with the survey's `limit` of that name in it."""

    title: Promise
    meaning: Promise
    limit: str = ""
    unit: Callable[[float], str] = plain

    def said(self, thresholds: Thresholds) -> str:
        if not self.limit:
            return str(self.meaning)
        say = UNITS.get(self.limit, plain)
        return str(self.meaning) % {"limit": say(getattr(thresholds, self.limit))}


UNITS: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "blank_share", "dont_know_share", "refused_share", "other_share", "short_part",
                "short_section_part", "short_question_part", "short_questions_share",
                "floor_share", "near_identical_share", "compared_share",
            ),
            lambda value: f"{100 * value:g} %",
        ),
        **dict.fromkeys(("far_m", "travel_m"), metres),
        **dict.fromkeys(("overlap_s", "quick_turn_s", "clock_s", "new_form_s"), long_duration),
        "most_kmh": speed,
        **dict.fromkeys(("first_hour", "last_hour"), clock),
    }
)  # fmt: skip

WORDS: Mapping[str, Words] = MappingProxyType(
    {
        Check.SUSPICION: Words(
            gettext_lazy("Enumerators to ask about"),
            gettext_lazy("Evidence of several kinds points the same way. A question, not a proof."),
        ),
        Check.SECOND_VISIT: Words(
            gettext_lazy("Second visit disagrees"),
            gettext_lazy("Answers that cannot change are others at the second visit."),
        ),
        Check.SAME_CASE: Words(
            gettext_lazy("Same case twice"),
            gettext_lazy("A selected person or household was interviewed more than once."),
        ),
        Check.SAME_PERSON: Words(
            gettext_lazy("Same person twice"),
            gettext_lazy("The same telephone or identity number in several interviews."),
        ),
        Check.NEAR_IDENTICAL: Words(
            gettext_lazy("Nearly identical interviews"),
            gettext_lazy("At least %(limit)s of the answers are those of an earlier interview."),
            "near_identical_share",
            share,
        ),
        Check.OVERLAP: Words(
            gettext_lazy("Two interviews at once"),
            gettext_lazy("It began before the enumerator’s last one had ended, by over %(limit)s."),
            "overlap_s",
            long_duration,
        ),
        Check.TRAVEL: Words(
            gettext_lazy("Too fast from place to place"),
            gettext_lazy("From the last interview’s place at over %(limit)s."),
            "most_kmh",
            speed,
        ),
        Check.SHORT_INTERVIEW: Words(
            gettext_lazy("Short interviews"),
            gettext_lazy(
                "Under %(limit)s of the median of the same form version, or the shortest."
            ),
            "short_part",
            long_duration,
        ),
        Check.LONG_INTERVIEW: Words(
            gettext_lazy("Long interviews"),
            gettext_lazy("Over %(limit)s times the median of the same form version."),
            "long_times",
            long_duration,
        ),
        Check.SHORT_SECTION: Words(
            gettext_lazy("Short sections"),
            gettext_lazy("A section took under %(limit)s of its usual time."),
            "short_section_part",
            long_duration,
        ),
        Check.SHORT_QUESTION: Words(
            gettext_lazy("Questions hardly on the screen"),
            gettext_lazy("Over %(limit)s of the questions were far quicker than usual."),
            "short_questions_share",
            share,
        ),
        Check.STRAIGHT_LINE: Words(
            gettext_lazy("Same answer all along"),
            gettext_lazy(
                "Equal answers to %(limit)s statements or more in a row, or to all of them."
            ),
            "straight_run",
        ),
        Check.FAR_FROM_SITE: Words(
            gettext_lazy("Far from the site"),
            gettext_lazy("Over %(limit)s from where the site is."),
            "far_m",
            metres,
        ),
        Check.SAME_PLACE: Words(
            gettext_lazy("Exactly the same place"),
            gettext_lazy("The same coordinates to the last digit in several interviews."),
        ),
        Check.NO_ACCURACY: Words(
            gettext_lazy("Place perhaps set by an app"),
            gettext_lazy("An accuracy of 0 m, which no receiver has."),
            "",
            metres,
        ),
        Check.NO_PLACE: Words(
            gettext_lazy("Places missing"),
            gettext_lazy("Most of an enumerator’s interviews have no place, those of others do."),
            "",
            share,
        ),
        Check.CROWDED_DAY: Words(
            gettext_lazy("Crowded days"),
            gettext_lazy("More than %(limit)s interviews of one enumerator on a day."),
            "most_a_day",
        ),
        Check.NIGHT: Words(
            gettext_lazy("At night"),
            gettext_lazy("Begun before the first or after the last usual hour."),
            "",
            clock,
        ),
        Check.CLOCK: Words(
            gettext_lazy("Clock wrong"),
            gettext_lazy("Its times contradict the server’s, by over %(limit)s."),
            "clock_s",
            long_duration,
        ),
        Check.OLD_FORM: Words(
            gettext_lazy("Out-of-date form"),
            gettext_lazy("Begun with a version that had been replaced for over %(limit)s."),
            "new_form_s",
            long_duration,
        ),
        Check.BROKEN_RULE: Words(
            gettext_lazy("Rules of the form broken"),
            gettext_lazy("The device let it pass, the server disagrees."),
        ),
        Check.BLANK: Words(
            gettext_lazy("Left blank"),
            gettext_lazy("Over %(limit)s of those who were asked."),
            "blank_share",
            share,
        ),
        Check.DONT_KNOW: Words(
            gettext_lazy("Don’t know"),
            gettext_lazy("Over %(limit)s of those who were asked."),
            "dont_know_share",
            share,
        ),
        Check.REFUSED: Words(
            gettext_lazy("Refused to answer"),
            gettext_lazy("Over %(limit)s of those who were asked."),
            "refused_share",
            share,
        ),
        Check.OTHER: Words(
            gettext_lazy("Answered “other”"),
            gettext_lazy("Over %(limit)s of those who were asked."),
            "other_share",
            share,
        ),
        Check.OUTLIER_SD: Words(
            gettext_lazy("Very unusual numbers"),
            gettext_lazy("More than %(limit)s standard deviations from the mean."),
            "sd_times",
        ),
        Check.OUTLIER_IQR: Words(
            gettext_lazy("Unusual numbers"),
            gettext_lazy("Beyond the quartiles by %(limit)s times their distance."),
            "iqr_times",
        ),
        Check.HEAPING: Words(
            gettext_lazy("Rounded numbers"),
            gettext_lazy("Multiples of 5 at over %(limit)s times the expected share."),
            "heaping_times",
            times,
        ),
        Check.FIRST_DIGITS: Words(
            gettext_lazy("First digits of amounts"),
            gettext_lazy("They do not fall off as those of amounts usually do (Benford)."),
        ),
        Check.ENUMERATOR_EFFECT: Words(
            gettext_lazy("Answers depend on who asks"),
            gettext_lazy("A share of %(limit)s or more of the variance lies between enumerators."),
            "effect_icc",
        ),
        Check.FLOOR: Words(
            gettext_lazy("Everybody at the bottom of a scale"),
            gettext_lazy("Over %(limit)s have the lowest sum that there is."),
            "floor_share",
            share,
        ),
        Check.CEILING: Words(
            gettext_lazy("Everybody at the top of a scale"),
            gettext_lazy("Over %(limit)s have the highest sum that there is."),
            "floor_share",
            share,
        ),
    }
)
DETAILS: Mapping[str, Promise] = MappingProxyType(
    {
        "denied": gettext_lazy("the person says that nobody had come before"),
        "ahead": gettext_lazy("ended after it was received"),
        "backwards": gettext_lazy("ended before it began"),
        "before_form": gettext_lazy("began before its form was published"),
        "suspect": gettext_lazy("several kinds of evidence"),
        "look": gettext_lazy("one kind of evidence"),
        "constraint": gettext_lazy("outside what the form allows"),
        "required": gettext_lazy("left blank although required"),
        "choice": gettext_lazy("not one of the choices"),
        "type": gettext_lazy("not of the question’s type"),
    }
)


@dataclass(frozen=True)
class Said:
    """A doubt's numbers in words; blank where it has none."""

    value: str
    expected: str
    limit: str
    detail: str


def said_of(doubt: Doubt) -> Said:
    unit = WORDS[doubt.check_name].unit if doubt.check_name in WORDS else plain
    numbers = doubt.numbers
    value, expected, limit = (
        unit(numbers[name]) if name in numbers else ""
        for name in ("value", "expected", "threshold")
    )
    return Said(value, expected, limit, _detail(doubt))


def _detail(doubt: Doubt) -> str:
    if doubt.check_name == Check.CROWDED_DAY and doubt.detail.isdigit():
        return date_format(EPOCH + timedelta(days=int(doubt.detail)), "SHORT_DATE_FORMAT")
    return str(DETAILS.get(doubt.detail, ""))


def title_of(check: str) -> str:
    return str(WORDS[check].title) if check in WORDS else check
