"""How the items of a number were answered, as far as it may be told, in words and small bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from scoring.dashboard.figures import count
from scoring.dashboard.questions import Questions
from scoring.maths.answers import Detail, ItemAnswers
from scoring.maths.change import apportioned
from scoring.maths.disclosure import FEWEST_PEOPLE
from scoring.maths.rules import SCALE
from scoring.maths.scheme import ItemSpec

BINS = 10  # of the colours of the heat table
FEW = f"<{FEWEST_PEOPLE}"


@dataclass(frozen=True)
class Bar:
    """A piece of a bar of 100: where it begins, how long it is, its colour 0..9."""

    start: str
    length: str
    bin: int


@dataclass(frozen=True)
class AnswerShown:
    """How an item was answered; `note` says why something is not told."""

    item: str
    question: str
    scored: str
    missing: str
    not_applicable: str
    cutoff: int
    mean: str = ""
    below: str = ""
    below_at: str = ""  # where the cutoff lies on the bar
    bars: Sequence[Bar] = ()
    words: str = ""  # the bar in words
    note: str = ""


def answer_shown(
    item: ItemSpec, answers: ItemAnswers, questions: Questions, *, is_everybody: bool
) -> AnswerShown:
    """An item's row: who is scored, who is not and why, and what they scored.

    Of everybody a number is not told because it is small; of a group also because another's is.
    """
    untold, others = (FEW, _("the others")) if is_everybody else ("–", "–")
    shown = AnswerShown(
        item=item.name,
        question=questions[item.question].label,
        scored=others if answers.scored is None else count(answers.scored),
        missing=untold if answers.missing is None else count(answers.missing),
        not_applicable=untold if answers.not_applicable is None else count(answers.not_applicable),
        cutoff=item.cutoff,
        note=_not_told(answers.detail),
    )
    if answers.below is None or answers.mean is None:
        return shown
    return replace(
        shown,
        mean=f"{answers.mean:.1f}",
        below=f"{answers.below:.0%}",
        below_at=f"{100 * answers.below:.1f}",
        bars=list(_bars(answers)),
        words=_in_words(answers),
    )


def _not_told(detail: Detail) -> str:
    return {
        Detail.SCORES: "",
        Detail.SIDES: _("Below the cutoff or not: of some scores there are fewer than 10 people."),
        Detail.FEW_PEOPLE: _("Not shown: fewer than 30 people or 3 sampling areas are scored."),
        Detail.FEW_ALIKE: _("Not shown: fewer than 10 people are on one side of the cutoff."),
        Detail.WITHHELD: _("Not shown: how many lack this is hidden for this group."),
    }[detail]


def _bars(answers: ItemAnswers) -> Iterator[Bar]:
    """Whole percents, as told in words."""
    start = 0
    lengths = apportioned([band.share for band in answers.bands], 100, 0.01)
    for band, length in zip(answers.bands, lengths, strict=True):
        middle = (band.low + band.high) / 2
        yield Bar(str(start), str(length), min(BINS - 1, int(middle / SCALE * BINS)))
        start += length


def _in_words(answers: ItemAnswers) -> str:
    return ", ".join(
        f"{band.low}: {band.share:.0%}"
        if band.low == band.high
        else f"{band.low}–{band.high}: {band.share:.0%}"
        for band in answers.bands
    )
