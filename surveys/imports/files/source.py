"""A table of a file: its columns, and its rows as texts, however many there are."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Rows: TypeAlias = Callable[[], Iterator[tuple[int, list[str]]]]

NOT_STORED = re.compile("[\x00\ud800-\udfff]")
MOST_COLUMNS = 2_000  # a page asks twice of each


@dataclass(frozen=True)
class Column:
    """A column as it is headed, its label, and the labels of its values where the file has some."""

    name: str
    label: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A table. `rows()` gives the rows with their numbers, which are those that a spreadsheet shows.
    Where it `is_coded`, choices may be numbers; where it `has_reasons`, `.d` and the like say why there
    is no value.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Rows
    is_coded: bool = False
    has_reasons: bool = False

    @property
    def heading(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Opened:
    """A file: what it was read as, in words, and its tables, the interviews' own first."""

    read_as: str
    sources: Sequence[Source]


def is_blank(cells: Sequence[str]) -> bool:
    return not any(cells)


def storable(text: str) -> str:
    """With a control character, which is a fault in an answer, for what PostgreSQL has no letter for."""
    return NOT_STORED.sub("\x01", text)
