"""Scripts that go with the interviews and print the dashboard's headline from them: R, Stata, Python."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from scoring.exports.derived import scheme_for, scores_of
from scoring.maths.disclosure import FEWEST_PEOPLE, FEWEST_PSUS
from scoring.maths.kinds import Kind
from scoring.models import Scheme
from scoring.schemes import spec_of
from surveys.exports.archives import entry_for
from surveys.exports.catalogue import Order, Tick
from surveys.exports.derived import derived_for
from surveys.exports.interviews import named_beside

SCRIPTS = {"analysis.R": "dta", "analysis.do": "dta", "analysis.py": "parquet"}  # what each reads


def scripts_for(order: Order) -> Mapping[str, str]:
    """The scripts by the names of their files, of the formats that are wanted; none where no scores
    stand beside the answers.
    """
    scheme = scheme_for(order)
    if scheme is None or not order.derived:
        return {}
    told = _told(order, scheme)
    return {
        name: render_to_string(f"scoring/scripts/{name}.txt", told)
        for name, reads in SCRIPTS.items()
        if not order.formats or reads in order.formats
    }


def count(order: Order) -> int:
    return len(SCRIPTS) if scheme_for(order) else 0


def describe(order: Order) -> str:
    """What they do, or why there are none."""
    if not count(order):
        return _("None: they print indicators, which need a scoring scheme.")
    return _("They print the headline from interviews in Stata or Parquet beside them.")


def write_zip(order: Order, path: Path, tick: Tick) -> None:
    """The scripts, for interviews with their scores and weights."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in scripts_for(replace(order, derived=True)).items():
            archive.writestr(entry_for(name), text)
            tick()


def _told(order: Order, scheme: Scheme) -> dict[str, Any]:
    spec, names = spec_of(scheme), _names(order)
    poor = {score.published: names[score.name] for score in scores_of(spec)}
    headcount = Kind.HEADCOUNT.at(spec.headline_k)
    return {
        "survey": " ".join(order.survey.name.split()),
        "scheme": scheme.name,
        "names": names,
        "has_design": order.survey.is_probability_sample,
        "standards": {standard.name: names[standard.name] for standard in spec.standards},
        "poor": poor[headcount],
        "k": headcount.removeprefix(Kind.HEADCOUNT.beginning),
        "people": FEWEST_PEOPLE,
        "psus": FEWEST_PSUS,
    }


def _names(order: Order) -> dict[str, str]:
    """What weights, scores and the like are called in the order's files, by their usual names."""
    usual, given = derived_for(order), named_beside(order)
    return {
        one.name: other.name
        for before, after in zip(usual, given, strict=True)
        for one, other in zip(before.variables, after.variables, strict=True)
    }
