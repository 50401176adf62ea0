"""All numbers of a group to choose from, each with the address of its explanation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.dashboard.figures import Figure, figure
from scoring.dashboard.names import dimensions_of
from scoring.dashboard.page import EVERYONE, Group
from scoring.dashboard.questions import questions_of
from scoring.dashboard.variables import variables_of
from scoring.maths.variable import Kind
from scoring.models import EstimateSet
from scoring.schemes import spec_of


@dataclass(frozen=True)
class Number:
    title: str
    figure: Figure


@dataclass(frozen=True)
class NumberList:
    """The numbers of a group by what they tell of; `groups` to choose from, by way to divide."""

    group: Group
    groups: Mapping[str, Sequence[Group]]
    sections: Mapping[str, Sequence[Number]]


def number_list(made: EstimateSet, people: str) -> NumberList:
    """The numbers of the group with the key `people`, or of everyone."""
    groups = _groups(made)
    group = next((g for of in groups.values() for g in of if g.key == people), EVERYONE)
    rows = made.estimates.filter(by=group.by, level=group.level)
    by_name = {row.variable: row for row in rows}
    survey = made.scheme.survey
    variables = variables_of(spec_of(made.scheme), questions_of(survey))
    sections: dict[str, list[Number]] = {}
    for name, variable in variables.items():
        if name in by_name:
            has_interval = made.is_probability_sample
            shown = figure(by_name[name], variable.scale, has_interval=has_interval)
            numbers = sections.setdefault(_section(variable.meaning.kind), [])
            numbers.append(Number(variable.title(), shown))
    return NumberList(group, groups, sections)


def _section(kind: Kind) -> str:
    return {
        Kind.MET: _("How many standards are met"),
        Kind.SHARE: _("How many lack how much"),
        Kind.HEADCOUNT: _("How many lack how much"),
        Kind.BREADTH: _("How many lack how much"),
        Kind.INTENSITY: _("How many lack how much"),
        Kind.UNDECIDED: _("How many lack how much"),
        Kind.GAP: _("What is missing to 100"),
        Kind.PART_OF_STANDARD: _("What M0 is made of"),
        Kind.PART_OF_CORE: _("What M0 is made of"),
        Kind.UNCENSORED: _("Lacking"),
        Kind.CENSORED: _("Lacking among those not integrated"),
        Kind.PART_OF_ITEM: _("What M0 is made of, by question"),
    }.get(kind, _("How integrated"))


def _groups(made: EstimateSet) -> dict[str, list[Group]]:
    """The groups that have numbers, under the titles of what people are divided by."""
    found: dict[str, set[str]] = {}
    for by, level in made.estimates.order_by().values_list("by", "level").distinct():
        found.setdefault(by, set()).add(level)
    dimensions = dimensions_of(made.scheme.survey, spec_of(made.scheme))
    return {
        dimension.title: [
            Group(dimension.name, level, dimension.title_of(level))
            for level in dimension.ordered(found.get(dimension.name, ()))
        ]
        for dimension in dimensions
    }
