"""Interviews read once for all that is made of them: files of several formats, frequencies, a watermark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from surveys.errors import SurveyError
from surveys.exports.catalogue import Order, Tick
from surveys.exports.interviews import interviews_of
from surveys.exports.rows import Page, columns_of
from surveys.exports.tables import Table, stored_layouts_for
from surveys.variables.variable import Cell

TableCells: TypeAlias = Sequence[Sequence[list[Cell]]]  # the columns of each table


class DoesNotFit(SurveyError):
    """Answers that a format has no room for."""


@dataclass(frozen=True)
class Written:
    """A file that is done, and how many rows of which tables are in it."""

    path: Path
    rows: Mapping[str, int]


class Sink(Protocol):
    def take(self, page: Page, cells: TableCells) -> None:
        """Some interviews: their columns as texts, and as values of the tables' variables."""

    def finish(self) -> list[Written]:
        """The files, once all interviews were taken."""


def feed(order: Order, tables: Sequence[Table], sinks: Sequence[Sink], tick: Tick) -> None:
    """Give every interview of an order to all sinks, in the order of files; `tick` is called once for
    each.
    """
    pages = columns_of(
        interviews_of(order), stored_layouts_for(order), order.layer, with_skipped=True
    )
    for page in pages:
        cells = [table.cells_of(page) for table in tables]
        for sink in sinks:
            sink.take(page, cells)
        for _ in page.keys:
            tick()


@dataclass
class Lenient:
    """A sink that is given up where answers do not fit, with the reason; its files then go."""

    name: str
    sink: Sink
    folder: Path  # of its own
    reason: DoesNotFit | None = None

    def take(self, page: Page, cells: TableCells) -> None:
        if self.reason is None:
            try:
                self.sink.take(page, cells)
            except DoesNotFit as reason:
                self.reason = reason

    def finish(self) -> list[Written]:
        if self.reason is None:
            try:
                return self.sink.finish()
            except DoesNotFit as reason:
                self.reason = reason
        for file in self.folder.iterdir():
            file.unlink()
        return []
