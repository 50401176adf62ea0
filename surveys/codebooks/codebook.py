"""A data set described: its tables, their variables, how these were asked, and what is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from surveys.codebooks.tally import Summary
from surveys.variables.variable import Variable


@dataclass(frozen=True)
class Asked:
    """How a question was put: its words by language, as of its newest version, its rules, and the
    versions of the form that have it, the oldest first.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    relevance: str = ""  # with the conditions of the groups around
    condition: str = ""  # its own
    constraint: str = ""
    messages: Mapping[str, str] = field(default_factory=dict)  # where the constraint is broken
    versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One variable. `labels` by language, also of facts, that nobody is asked about."""

    variable: Variable
    labels: Mapping[str, str]
    summary: Summary
    asked: Asked | None = None


@dataclass(frozen=True)
class Chapter:
    """One table; its `name` is that of its files."""

    name: str
    rows: int
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Codebook:
    """`languages` are the form's, code to name. Dates are the days on which interviews came."""

    survey: str
    title: str
    form_id: str
    languages: Mapping[str, str]
    versions: tuple[str, ...]  # the oldest first
    chapters: Sequence[Chapter]
    digest: str  # of the data
    first_day: date | None = None
    last_day: date | None = None
