"""What is made of interviews beside their answers, such as weights and scores: each package adds its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias, TypeVar

from django.utils import translation

from surveys.exports.catalogue import Order, languages_of
from surveys.exports.wording import nearest
from surveys.variables.names import Names
from surveys.variables.variable import Variable


class Met(NamedTuple):
    """An interview as far as what is made of it depends on it; keys, but for two numbers."""

    interview: int
    wave: int | None
    wave_number: int | None
    site: int | None
    case: int | None
    design_weight: float | None  # of the site


Said = TypeVar("Said")
Read: TypeAlias = Callable[[Sequence[Met]], Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Derived:
    """Some variables of facts, and their columns in the order of the variables.

    `read` is given a page of interviews at a time and gives texts, one for each, blank for what is
    not known.
    """

    variables: tuple[Variable, ...]
    read: Read

    def named(self, names: Names) -> "Derived":
        """The same under names that no question has: questions keep theirs."""
        given = [
            (v, names.give(f"derived {v.name}", v.name, f"{v.name}_made")) for v in self.variables
        ]
        return replace(self, variables=tuple(replace(v, name=name) for v, name in given))


Made: TypeAlias = Callable[[Order], Iterable[Derived]]

MADE: list[Made] = []


def add(made: Made) -> None:
    """Put what it makes for an order beside the answers of those who want it."""
    MADE.append(made)


def derived_for(order: Order) -> list[Derived]:
    """All that there is beside an order's answers, under the names that it would like to have."""
    return [derived for made in MADE for derived in made(order)]


def in_languages(order: Order, say: Callable[[], Said]) -> dict[str, Said]:
    """What `say` says in each language of the form, by code."""
    found = {}
    for code in languages_of(order.questionnaire) or [""]:
        with translation.override(nearest(code)):
            found[code] = say()
    return found
