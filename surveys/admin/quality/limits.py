"""A survey's limits of quality as a form: each in the reader's words, with the usual one beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.models import QualityRules
from surveys.quality.thresholds import ThresholdFault, Thresholds

GROUPS: Sequence[tuple[Promise, Mapping[str, Promise]]] = (
    (
        gettext_lazy("Time"),
        MappingProxyType(
            {
                "short_part": gettext_lazy("Short interviews: part of the median, 0 to 1"),
                "short_percentile": gettext_lazy("Also the shortest, in percent; 0 for none"),
                "long_times": gettext_lazy("Long interviews: times the median"),
                "short_section_part": gettext_lazy("Short sections: part of the median, 0 to 1"),
                "short_question_part": gettext_lazy("Short questions: part of the median, 0 to 1"),
                "short_questions_share": gettext_lazy(
                    "Share of short questions in an interview, 0 to 1"
                ),
                "quick_turn_s": gettext_lazy("Begun at once after the last one: seconds"),
                "overlap_s": gettext_lazy("Two interviews at once: seconds of overlap"),
                "most_a_day": gettext_lazy("Interviews of one enumerator on a day"),
                "first_hour": gettext_lazy("First usual hour of the day"),
                "last_hour": gettext_lazy("Last usual hour of the day"),
                "clock_s": gettext_lazy("Clocks that are wrong: seconds ahead of the server"),
                "new_form_s": gettext_lazy("Time to get a new version to every device: seconds"),
            }
        ),
    ),
    (
        gettext_lazy("Place"),
        MappingProxyType(
            {
                "far_m": gettext_lazy("Far from the site: metres"),
                "most_kmh": gettext_lazy("Fastest way to travel: km/h"),
                "travel_m": gettext_lazy("Ways shorter than this are no doubt: metres"),
            }
        ),
    ),
    (
        gettext_lazy("What was answered"),
        MappingProxyType(
            {
                "blank_share": gettext_lazy("Left blank: share of those asked, 0 to 1"),
                "dont_know_share": gettext_lazy("Don’t know: share of those asked, 0 to 1"),
                "refused_share": gettext_lazy("Refused: share of those asked, 0 to 1"),
                "other_share": gettext_lazy("Answered “other”: share of those asked, 0 to 1"),
                "near_identical_share": gettext_lazy(
                    "Nearly identical: share of equal answers, 0.5 to 1"
                ),
                "compared_share": gettext_lazy(
                    "Compared only where both were asked this share of the questions"
                ),
                "straight_run": gettext_lazy("Same answer all along: statements in a row"),
                "sd_times": gettext_lazy("Very unusual numbers: standard deviations"),
                "iqr_times": gettext_lazy("Unusual numbers: times the distance of the quartiles"),
                "heaping_times": gettext_lazy("Rounded numbers: times the expected share"),
                "digits_p": gettext_lazy("First digits: p of less than"),
                "digits_mad": gettext_lazy("First digits: mean distance of the shares, over"),
                "floor_share": gettext_lazy("At one end of a scale: share, 0 to 1"),
                "fewest_answers": gettext_lazy("Answers before a share or spread is judged"),
            }
        ),
    ),
    (
        gettext_lazy("Enumerators"),
        MappingProxyType(
            {
                "fewest_interviews": gettext_lazy("Interviews before anybody is judged"),
                "effect_icc": gettext_lazy("Answers depend on who asks: share of the variance"),
                "effect_p": gettext_lazy("The same: p of less than"),
                "suspicion_p": gettext_lazy("Chance of asking about anybody of an honest team"),
                "look_p": gettext_lazy("Chance that one kind of evidence stands out by accident"),
            }
        ),
    ),
)


@dataclass(frozen=True)
class Limit:
    """A field of the form; `fault` is what is wrong with what was given, blank where nothing is."""

    name: str
    label: str
    value: str
    usual: str
    fault: str


def groups_of(
    rules: QualityRules | None, given: QueryDict | None, faults: Sequence[ThresholdFault]
) -> Iterator[tuple[str, list[Limit]]]:
    """The fields by group, with what was given, else what is kept; blank is the usual one."""
    usual = asdict(Thresholds())
    kept = rules.limits if rules else {}
    wrong = {fault.name: fault for fault in faults}
    for title, labels in GROUPS:
        yield (
            str(title),
            [
                Limit(
                    name,
                    str(label),
                    given.get(name, "") if given is not None else _written(kept.get(name)),
                    f"{usual[name]:g}",
                    _in_words(wrong[name]) if name in wrong else "",
                )
                for name, label in labels.items()
            ],
        )


def given_in(data: QueryDict) -> dict[str, object]:
    """The limits of a form that was posted."""
    names = (name for _title, labels in GROUPS for name in labels)
    return {name: data.get(name, "").strip().replace(",", ".") for name in names}


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _in_words(fault: ThresholdFault) -> str:
    if fault.problem == "not_a_number":
        return _("Write digits only, such as 12 or 0.5, or leave it blank.")
    return _("Write a number from %(low)s to %(high)s, or leave it blank.") % {
        "low": f"{fault.low:,g}",
        "high": f"{fault.high:,g}",
    }
