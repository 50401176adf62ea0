"""Groups of people to choose from: everyone, or one level of a way to divide people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.translation import gettext as _

from scoring.dashboard.names import Dimension
from scoring.maths.cells import ALL


@dataclass(frozen=True)
class Group:
    """The people whose numbers are shown."""

    by: str
    level: str
    title: str

    @property
    def key(self) -> str:
        """What a choice of this group is sent as; blank for everyone."""
        return "" if self.by == ALL else f"{self.by}={self.level}"


EVERYBODY_KEY = f"{ALL}={ALL}"  # where blank is nobody
LevelsOf: TypeAlias = Callable[[str], Iterable[str]]  # that have numbers, by the way to divide


def everyone() -> Group:
    return Group(ALL, ALL, _("Everyone"))


def groups_of(dimensions: Iterable[Dimension], levels: LevelsOf) -> dict[str, list[Group]]:
    """The groups of each dimension under its title."""
    return {dimension.title: groups_in(dimension, levels) for dimension in dimensions}


def groups_in(dimension: Dimension, levels: LevelsOf) -> list[Group]:
    """The levels that have numbers, in the order to show."""
    return [
        Group(dimension.name, level, dimension.title_of(level))
        for level in dimension.ordered(levels(dimension.name))
    ]


def chosen(groups: Mapping[str, Sequence[Group]], key: str) -> Group:
    """The group of that key, else everyone."""
    return found(groups, key) or everyone()


def found(groups: Mapping[str, Sequence[Group]], key: str) -> Group | None:
    """The group of that key, also everyone's, where there is one."""
    if key == EVERYBODY_KEY:
        return everyone()
    return next((group for of in groups.values() for group in of if group.key == key), None)
