"""All numbers of a group to choose from, each with the address of its explanation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.dashboard.figures import Figure, figure
from scoring.dashboard.groups import Group, chosen, groups_of
from scoring.dashboard.names import dimensions_of
from scoring.dashboard.questions import questions_of
from scoring.dashboard.variables import Variable, variables_of
from scoring.maths.kinds import Kind
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
    spec, questions = spec_of(made.scheme), questions_of(made.scheme.survey)
    groups = groups_of(dimensions_of(spec, questions), _levels(made).__getitem__)
    group = chosen(groups, people)
    return NumberList(group, groups, _sections(made, group, variables_of(spec, questions)))


def _sections(
    made: EstimateSet, group: Group, variables: Mapping[str, Variable]
) -> dict[str, list[Number]]:
    rows = made.estimates.filter(by=group.by, level=group.level)
    by_name = {row.variable: row for row in rows}
    found: dict[str, list[Number]] = defaultdict(list)
    for name, variable in variables.items():
        if name in by_name:
            has_interval = made.is_probability_sample
            shown = figure(by_name[name], variable.scale, has_interval=has_interval)
            found[_section(variable.meaning.kind)].append(Number(variable.title(), shown))
    return dict(found)


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


def _levels(made: EstimateSet) -> dict[str, set[str]]:
    """The levels that have numbers, by the way to divide people."""
    found: dict[str, set[str]] = defaultdict(set)
    for by, level in made.estimates.order_by().values_list("by", "level").distinct():
        found[by].add(level)
    return found
