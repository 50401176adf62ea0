"""The page of what changed between two waves, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring import waves
from scoring.dashboard.contrast import Number, number
from scoring.dashboard.figures import UNLIKELY, Figure, figure, p_value
from scoring.dashboard.names import Dimension, dimensions_of, wave_title
from scoring.dashboard.options import Option
from scoring.dashboard.questions import questions_of
from scoring.dashboard.variables import Variable, variables_of
from scoring.maths.cells import ALL, EVERYBODY, Domain
from scoring.maths.kinds import INDEX
from scoring.models import EstimateSet, Scheme
from scoring.schemes import spec_of
from scoring.waves import Change


@dataclass(frozen=True)
class ChangeShown:
    """One number in both waves. `change` is None where it may not be told, for the `reason`."""

    title: str
    before: Figure
    after: Figure
    change: Number | None
    p: str = ""
    is_sure: bool = False  # more than chance, after Holm's adjustment for all of the table
    reason: str = ""

    @property
    def margin(self) -> str:
        """What goes beside the change where there is little room."""
        return self.change.interval if self.change else ""


@dataclass(frozen=True)
class LevelRow:
    title: str
    changes: Sequence[ChangeShown]


@dataclass(frozen=True)
class WavesPage:
    """`headings` are the variables, by which `everybody` goes down and `levels` go across."""

    before: Sequence[Option]
    after: Sequence[Option]
    ways: Sequence[Option]
    way: Dimension | None
    headings: Sequence[str]
    everybody: Sequence[ChangeShown]
    levels: Sequence[LevelRow]
    shared: int
    is_redrawn: bool
    has_interval: bool


def waves_page(scheme: Scheme, chosen: Mapping[str, str]) -> WavesPage | None:
    """The page for the waves numbered `before` and `after`, or the last two; None where there is one.

    `by` chooses the way to divide people, else it is the first.
    """
    made = list(waves.sets_of(scheme))
    if len(made) < 2:
        return None
    pair = _pair(made, chosen)
    ways = dimensions_of(spec_of(scheme), questions_of(scheme.survey))
    way = next((each for each in ways if each.name == chosen.get("by")), next(iter(ways), None))
    found = waves.changes(*pair, way.name if way else ALL)
    has_interval = all(each.is_probability_sample for each in pair)
    shown = _by_domain(scheme, found.rows, has_interval=has_interval)
    return WavesPage(
        before=[_option(each, pair[0]) for each in made[:-1]],
        after=[_option(each, pair[1]) for each in made[1:]],
        ways=[Option(each.name, each.title, each == way) for each in ways],
        way=way,
        headings=[_heading(name) for name in waves.variables_of(spec_of(scheme))],
        everybody=shown.pop(EVERYBODY),
        levels=_levels(shown, way) if way else [],
        shared=found.shared,
        is_redrawn=found.is_redrawn,
        has_interval=has_interval,
    )


def _pair(
    made: Sequence[EstimateSet], chosen: Mapping[str, str]
) -> tuple[EstimateSet, EstimateSet]:
    """The waves that were chosen, the earlier one first; the last two where these are not two."""
    by_number = {str(each.wave.number): each for each in made}
    numbers = {chosen.get("before", ""), chosen.get("after", "")}
    found = [each for number, each in by_number.items() if number in numbers]
    earlier, later = found if len(found) == 2 else made[-2:]
    return earlier, later


def _option(made: EstimateSet, chosen: EstimateSet) -> Option:
    return Option(str(made.wave.number), wave_title(made.wave), made == chosen)


def _heading(variable: str) -> str:
    """Short, for columns."""
    return _("Index") if variable == INDEX else variable.partition("_")[0]


def _by_domain(
    scheme: Scheme, rows: Sequence[Change], *, has_interval: bool
) -> dict[Domain, list[ChangeShown]]:
    variables = variables_of(spec_of(scheme))
    found: dict[Domain, list[ChangeShown]] = {}
    for row in rows:
        shown = _shown(row, variables[row.cell.variable], has_interval=has_interval)
        found.setdefault(Domain(row.cell.by, row.cell.level), []).append(shown)
    return found


def _shown(row: Change, variable: Variable, *, has_interval: bool) -> ChangeShown:
    before, after = (
        figure(each, variable.scale, has_interval=has_interval) for each in (row.before, row.after)
    )
    made = row.comparison
    if made is None or made.difference.estimate is None:
        return ChangeShown(variable.title(), before, after, None, reason=_reason(before, after))
    difference = made.difference
    part = (difference.estimate, difference.low, difference.high)
    return ChangeShown(
        title=variable.title(),
        before=before,
        after=after,
        change=number(part, variable.scale, is_signed=True),
        p=p_value(made.p_holm),
        is_sure=made.p_holm is not None and made.p_holm < UNLIKELY,
    )


def _reason(before: Figure, after: Figure) -> str:
    """Why the number of the earlier or the later wave is not there."""
    return before.reason or after.reason


def _levels(found: Mapping[Domain, Sequence[ChangeShown]], way: Dimension) -> list[LevelRow]:
    by_level = {domain.level: shown for domain, shown in found.items()}
    return [LevelRow(way.title_of(level), by_level[level]) for level in way.ordered(by_level)]
