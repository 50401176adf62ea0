"""What is thought of an enumerator's work, in words that ask and do not accuse."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.quality.suspicion import Verdict
from surveys.quantities import metres, plain, share, times

MOST_REASONS = 8
ASKED = (Verdict.SUSPECT, Verdict.LOOK)  # of others there is nothing to ask


def _ratio(value: float) -> str:
    """Of a logarithm."""
    return times(math.exp(value))


def _spread(value: float) -> str:
    return f"±{100 * (math.exp(value) - 1):.0f} %"


def _moved(value: float) -> str:
    return metres(max(math.exp(value) - 10, 0))


def _away(value: float) -> str:
    return metres(max(math.exp(value) - 50, 0))


def _unsaid(value: float) -> str:
    """Of measures whose numbers say nothing to a reader."""
    return ""


Sign = tuple[Promise, Callable[[float], str]]
SIGNS: Mapping[str, Sign] = MappingProxyType(
    {
        "pace": (gettext_lazy("Seconds a question, beside the usual"), _ratio),
        "short": (gettext_lazy("Short interviews"), share),
        "late_pace": (gettext_lazy("Pace of the second half beside the first"), _ratio),
        "unevenness": (gettext_lazy("How much the time differs between interviews"), _spread),
        "quick_turn": (gettext_lazy("Begun at once after the last one"), share),
        "night": (gettext_lazy("Begun at night"), share),
        "overlap": (gettext_lazy("Begun before the last one can have ended"), share),
        "travel": (gettext_lazy("Too fast from place to place"), share),
        "far": (gettext_lazy("Far from the site"), share),
        "movement": (gettext_lazy("Way from one interview to the next"), _moved),
        "distance": (gettext_lazy("Distance to the site"), _away),
        "repeated": (gettext_lazy("At exactly the place of another one"), share),
        "mocked": (gettext_lazy("Place perhaps set by an app"), share),
        "lost": (gettext_lazy("Without a place"), share),
        "copied": (gettext_lazy("Nearly the same as an earlier one"), share),
        "sameness": (gettext_lazy("Answers at different sites are alike"), _unsaid),
        "flatness": (gettext_lazy("Answers keep near the middle"), _unsaid),
        "straight": (gettext_lazy("Same answer all along a scale"), share),
        "path": (gettext_lazy("Questions that were asked at all"), share),
        "unsure": (gettext_lazy("Don’t know and refused"), share),
        "blank": (gettext_lazy("Left blank"), share),
        "ticks": (gettext_lazy("Choices ticked, where several may be"), plain),
        "incoherence": (gettext_lazy("Answers do not go together as others’ do"), _unsaid),
        "round_numbers": (gettext_lazy("Numbers that are multiples of 5"), share),
        "unlike": (gettext_lazy("Averages unlike those of others at the same sites"), _unsaid),
    }
)


@dataclass(frozen=True)
class Reason:
    title: str
    value: str
    expected: str
    interviews: int


@dataclass(frozen=True)
class Question:
    """What to ask about an enumerator, and why. `is_strong` where several kinds of evidence agree."""

    enumerator: str
    is_strong: bool
    interviews: int
    reasons: tuple[Reason, ...]
    proofs: int

    @property
    def measured(self) -> list[Reason]:
        """Those whose number says something to a reader."""
        return [reason for reason in self.reasons if reason.value]

    @property
    def besides(self) -> list[str]:
        return [reason.title for reason in self.reasons if not reason.value]

    @property
    def sentence(self) -> str:
        if self.is_strong:
            return _(
                "Several kinds of evidence point the same way. Ask how these interviews went, and "
                "visit some of the people again. It is no proof: only a second visit tells."
            )
        return _(
            "One kind of evidence stands out. It may have a good reason, such as a quick person or "
            "a place without reception: ask."
        )


def questions_of(suspicions: Sequence[Mapping[str, Any]]) -> Iterator[Question]:
    """Of those about whom there is something to ask; `suspicions` as an inspection keeps them."""
    for one in suspicions:
        if one["verdict"] in ASKED:
            yield Question(
                enumerator=one["enumerator"],
                is_strong=one["verdict"] == Verdict.SUSPECT,
                interviews=one["interviews"],
                reasons=tuple(_reason(reason) for reason in one["reasons"][:MOST_REASONS]),
                proofs=len(one["proofs"]),
            )


def _reason(reason: Mapping[str, Any]) -> Reason:
    title, say = SIGNS.get(reason["sign"], (reason["sign"], plain))
    value, expected = (
        say(reason[name]) if reason[name] is not None else "" for name in ("value", "expected")
    )
    return Reason(str(title), value, expected, reason["interviews"])
