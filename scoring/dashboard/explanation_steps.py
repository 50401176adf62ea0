"""From the interviews that came in to those who enter a number, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.dashboard.figures import count
from scoring.dashboard.names import Dimension
from scoring.dashboard.variables import Variable
from scoring.explanations import Exit, Explanation, Gone, Stage
from scoring.maths.answers import Loss
from scoring.maths.kinds import Kind


@dataclass(frozen=True)
class StepShown:
    """A stage on the way: who is left, as a share of who came in too, and who was lost why."""

    title: str
    left: str
    share: float
    gone: Sequence[str]


def steps_shown(
    found: Explanation, variable: Variable, dimension: Dimension | None
) -> Iterator[StepShown]:
    titles = {
        Stage.RECEIVED: _("Interviews received in this wave"),
        Stage.COUNTED: _("Counted"),
        Stage.JUDGED: _("Judged by the scheme"),
        Stage.IN_GROUP: dimension.title_of(found.key.level) if dimension else "",
        Stage.VALID: _("Enter this number"),
    }
    for step in found.steps:
        yield StepShown(
            title=titles[step.stage],
            left="–" if step.left is None else count(step.left),
            share=(step.left or 0) / max(found.steps[0].left or 0, 1),
            gone=[_gone(gone, variable, dimension) for gone in step.gone],
        )


def _gone(gone: Gone, variable: Variable, dimension: Dimension | None) -> str:
    why = _why_interview(dimension) if isinstance(gone.why, Exit) else _why_person(variable)
    words = why[gone.why]
    return words if gone.people is None else f"{words} ({count(gone.people)})"


def _why_interview(dimension: Dimension | None) -> Mapping[Exit | Loss, str]:
    title = dimension.title if dimension else ""
    return {
        Exit.PRACTICE: _("for practice"),
        Exit.REFUSED: _("refused"),
        Exit.QUARANTINED: _("in quarantine, until somebody decides"),
        Exit.REJECTED: _("rejected"),
        Exit.BY_RULE: _("not looked at yet, which this survey asks for"),
        Exit.NO_SITE: _("without a known site"),
        Exit.WAITING: _("waiting to be judged"),
        Exit.OTHER_LEVEL: _("of other groups"),
        Exit.NO_LEVEL: _("without an answer: %(title)s") % {"title": title},
    }


def _why_person(variable: Variable) -> Mapping[Exit | Loss, str]:
    return {
        Loss.NOT_APPLICABLE: _("to whom it does not apply"),
        Loss.INTEGRATED: _("integrated: the number is about the others"),
        Loss.TOO_LITTLE: _too_little(variable),
    }


def _too_little(variable: Variable) -> str:
    validity, kind = variable.spec.validity, variable.meaning.kind
    if kind in (Kind.STANDARD, Kind.CORE):
        words = _("who answered less than %(share)s of the items that apply to them")
        return words % {"share": validity.min_answered_items}
    if kind in (Kind.INDEX, Kind.MET, Kind.GAP):
        words = _("with fewer than %(least)s of %(count)s standards, for too little was answered")
        return words % {"least": validity.min_standards, "count": len(variable.spec.weighted)}
    if kind is Kind.UNCENSORED:
        return _("who did not answer it, or too little else")
    words = _("who answered less than %(share)s of what applies to them, by weight")
    return words % {"share": validity.min_answered_weight}
