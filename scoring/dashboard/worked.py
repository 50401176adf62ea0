"""The formula of a number with its numbers filled in, from what is published of the same group."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from scoring.dashboard.figures import PERCENT, SCORE, SHARE, weight
from scoring.dashboard.variables import Variable
from scoring.maths.cells import Cell as CellKey
from scoring.maths.kinds import Kind
from scoring.maths.rules import SCALE
from scoring.models import EstimateSet

OF_PEOPLE = {Kind.HEADCOUNT, Kind.UNDECIDED, Kind.MET, Kind.UNCENSORED, Kind.CENSORED}


def worked(made: EstimateSet, key: CellKey, variable: Variable) -> str:
    """The formula in numbers, or blank where there is nothing to add to the number itself."""
    rows = made.estimates.filter(by=key.by, level=key.level, suppressed="")
    numbers = {row.variable: row.estimate for row in rows if row.estimate is not None}
    makers: Mapping[Kind, Callable[[Variable, Mapping[str, float]], str]] = {
        Kind.INDEX: _index,
        Kind.STANDARD: _mean,
        Kind.CORE: _mean,
        Kind.BREADTH: _breadth,
        Kind.GAP: _gap,
    }
    if variable.meaning.kind in makers:
        return makers[variable.meaning.kind](variable, numbers)
    if variable.meaning.kind not in OF_PEOPLE:
        return ""
    return _("Counted by their weights: %(part)s of 1,000.") % {
        "part": round(1000 * numbers[key.variable])
    }


def _index(variable: Variable, numbers: Mapping[str, float]) -> str:
    standards = variable.spec.weighted
    if not all(standard.name in numbers for standard in standards):
        return ""
    terms = " + ".join(
        f"{weight(standard.weight)} × {SCORE.shown(numbers[standard.name])} ({standard.name})"
        for standard in standards
    )
    mean = sum(standard.weight * numbers[standard.name] for standard in standards) / 10_000
    return _(
        "From the standards’ means: %(terms)s = %(mean)s. The index itself is the mean over people, "
        "of whom not everybody has every standard."
    ) % {"terms": terms, "mean": SCORE.shown(mean)}


def _mean(variable: Variable, numbers: Mapping[str, float]) -> str:
    value = numbers[variable.name]
    return _("On average %(points)s of %(scale)s points: %(value)s of 100.") % {
        "points": f"{value * SCALE:.1f}",
        "scale": SCALE,
        "value": SCORE.shown(value),
    }


def _breadth(variable: Variable, numbers: Mapping[str, float]) -> str:
    k = variable.name.removeprefix("M0")
    if f"H{k}" not in numbers or f"A{k}" not in numbers:
        return ""
    h, a = PERCENT.shown(numbers[f"H{k}"]), PERCENT.shown(numbers[f"A{k}"])
    return f"H × A = {h} × {a} = {SHARE.shown(numbers[variable.name])}"


def _gap(variable: Variable, numbers: Mapping[str, float]) -> str:
    subject = variable.meaning.subject
    standard = next(each for each in variable.spec.weighted if each == subject)
    if standard.name not in numbers:
        return ""
    score = numbers[standard.name]
    return _("About %(weight)s × (100 − %(score)s) = %(gap)s points.") % {
        "weight": weight(standard.weight),
        "score": SCORE.shown(score),
        "gap": SCORE.shown(standard.weight / 10_000 * (1 - score)),
    }
