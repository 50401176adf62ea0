"""Why a number is another than at the end of an earlier day, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scoring import changes
from scoring.changes import Cause, Explained, Silence
from scoring.dashboard.figures import Scale, count, minus
from scoring.dashboard.figures import reason as reason_of
from scoring.dashboard.variables import Variable
from scoring.maths.cells import Cell as CellKey
from scoring.maths.change import Change, apportioned
from scoring.models import EstimateSet, Scheme
from scoring.people import People


@dataclass(frozen=True)
class Since:
    """From which day's end on a change is told, and under which scheme it was computed then."""

    day: date
    scheme: Scheme | None = None

    @property
    def moment(self) -> datetime:
        """The day's end, where the server is."""
        following = datetime.combine(self.day + timedelta(days=1), time.min)
        return timezone.make_aware(following)


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


@dataclass(frozen=True)
class CauseShown:
    title: str
    amount: str
    share: str
    people: str


@dataclass(frozen=True)
class ChangeShown:
    """`note` says why there are no numbers, or no parts."""

    since: date
    last: date  # that can be chosen
    until: str  # the moment in words
    then: str = ""
    now: str = ""
    n_then: str = ""
    n_now: str = ""
    total: str = ""
    people: str = ""  # concerned by any of the causes
    causes: Sequence[CauseShown] = ()
    weights: str = ""
    note: str = ""


def change_shown(
    made: EstimateSet, key: CellKey, since: Since, variable: Variable, people: People
) -> ChangeShown:
    """The change of a number since a day's end; `people` are those of now, judged by its scheme."""
    told = changes.explain(
        made.scheme, made.wave, key, since.moment, now=people, scheme_then=since.scheme
    )
    blank = ChangeShown(since.day, yesterday(), date_format(since.day), note=_silence(told))
    return _in_numbers(blank, told, told.change, variable.scale) if told.change else blank


def _silence(told: Explained) -> str:
    """Why less is told than could be computed."""
    if told.silence is None:
        return ""
    return {
        Silence.NOBODY: _("Nobody was counted in it then, so there is nothing to compare with."),
        Silence.HIDDEN_THEN: _("It would have been hidden then. %(reason)s")
        % {"reason": reason_of(told.reason)},
        Silence.FEW_CONCERNED: _(
            "Not shown: the change concerns 1 to 9 people, and would tell about them. "
            "Choose an earlier day."
        ),
        Silence.FEW_IN_A_STEP: _(
            "Its parts are not shown: one of them concerns 1 to 9 people, and would tell about them. "
            "Choose an earlier day."
        ),
    }[told.silence]


def _in_numbers(blank: ChangeShown, told: Explained, found: Change, scale: Scale) -> ChangeShown:
    """Amounts in the last digit that is shown: then and the amounts add up to now as they stand."""
    whole = round((scale.rounded(found.now) - scale.rounded(found.then)) * 10**scale.digits)
    return replace(
        blank,
        then=scale.shown(found.then),
        now=scale.shown(found.now),
        n_then=count(found.n_then),
        n_now=count(found.n_now),
        total=_signed(scale, whole),
        people=count(found.people),
        causes=_causes(told, found, scale, whole),
        weights=_weights(told),
    )


def _causes(told: Explained, found: Change, scale: Scale, whole: int) -> list[CauseShown]:
    unit = 10**-scale.digits / scale.factor
    amounts = apportioned([step.amount for step in found.steps], whole, unit)
    return [
        CauseShown(
            title=_cause(cause),
            amount=_signed(scale, amount),
            share=_share(step.amount, found.total) if whole and step.people else "",
            people=count(step.people),
        )
        for (cause, step), amount in zip(told.steps.items(), amounts, strict=True)
    ]


def _share(amount: float, total: float) -> str:
    """Of the whole change; above 100 % or negative where others work against it."""
    return minus(f"{round(100 * amount / total) or 0}%")


def _signed(scale: Scale, units: int) -> str:
    """An amount in the last digit that is shown."""
    return minus(f"{units / 10**scale.digits:+.{scale.digits}f}") if units else "0"


def _cause(cause: Cause) -> str:
    return {
        Cause.ANSWERS: _("Corrected answers, and interviews that no longer count"),
        Cause.INTERVIEWS: _("New interviews"),
        Cause.WEIGHTS: _("New weights of people"),
        Cause.DEFINITION: _("Another scheme"),
    }[cause]


def _weights(told: Explained) -> str:
    """Which weights were replaced by which, or blank."""
    if told.weights_then == told.weights_now:
        return ""
    names = [
        name or _("design weights of the sites") for name in (told.weights_then, told.weights_now)
    ]
    return _("Weights of people then: %(then)s; now: %(now)s.") % dict(
        zip(("then", "now"), names, strict=True)
    )
