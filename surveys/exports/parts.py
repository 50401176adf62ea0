"""Tables written a part at a time, so that memory does not grow with the rows, into one file or an archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from django.utils.functional import Promise

from surveys.exports import interviews
from surveys.exports.archives import pack
from surveys.exports.catalogue import Export, Order, Tick
from surveys.exports.disk import writing
from surveys.exports.rows import Page
from surveys.exports.sinks import TableCells, Written, feed
from surveys.exports.tables import Table, tables_for
from surveys.exports.wording import Wording, wording_for
from surveys.variables.variable import Cell, Variable

CELLS_A_PART = 3_000_000  # about 37,500 interviews of 80 variables


@dataclass(frozen=True)
class Part:
    """Some rows of a table, as a format holds them."""

    variables: Sequence[Variable]
    frame: pl.DataFrame


@dataclass(frozen=True)
class Format:
    """How rows become parts, and parts a file.

    `frame` makes the format's own numbers and texts of columns of cells, in which no text is None.
    `join` makes one file of several where the format can.
    """

    extension: str
    frame: Callable[[Sequence[Variable], Sequence[list[Cell]]], pl.DataFrame]
    write: Callable[[Path, Part, Wording], None]
    cells_a_part: int = CELLS_A_PART
    join: Callable[[Sequence[Path], Path], None] | None = None

    def rows_a_part(self, table: Table) -> int:
        return max(1, self.cells_a_part // len(table.variables))

    def export(self, title: str | Promise) -> Export:
        """The interviews in this format, for the catalogue."""
        return interviews.export(self.extension, title, self.write_tables, self.extension_for)

    def extension_for(self, order: Order) -> str:
        return "zip" if self._is_archive(order, tables_for(order)) else self.extension

    def _is_archive(self, order: Order, tables: Sequence[Table]) -> bool:
        """Where there are repeats, or more rows than one file is written of."""
        is_long = self.join is None and interviews.count(order) > self.rows_a_part(tables[0])
        return len(tables) > 1 or is_long

    def write_tables(self, order: Order, path: Path, tick: Tick) -> None:
        tables = tables_for(order)
        is_archive = self._is_archive(order, tables)
        may_divide = is_archive or self.join is not None
        with TemporaryDirectory(dir=path.parent) as folder:
            sheets = self.sheets(tables, Path(folder), wording_for(order), may_divide=may_divide)
            feed(order, tables, [sheets], tick)
            files = [written.path for written in sheets.finish()]
            if is_archive:
                pack(files, path)
            else:
                files[0].replace(path)

    def sheets(
        self, tables: Sequence[Table], folder: Path, wording: Wording, *, may_divide: bool = True
    ) -> "Sheets":
        """All tables in this format, to be fed; files are written into the folder."""
        return Sheets([Sheet(self, one, folder, wording, may_divide=may_divide) for one in tables])


@dataclass(frozen=True)
class Sheets:
    """The tables of an order as they are written."""

    each: Sequence["Sheet"]

    def take(self, _: Page, cells: TableCells) -> None:
        for sheet, columns in zip(self.each, cells, strict=True):
            sheet.add(columns)

    def finish(self) -> list[Written]:
        return [written for sheet in self.each for written in sheet.finish()]


@dataclass
class Sheet:
    """One table as it is written: the rows of the part that grows, and the files that are done."""

    format: Format
    table: Table
    folder: Path
    wording: Wording
    may_divide: bool
    done: list[Written] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.frame = self.format.frame(self.table.variables, [[] for _ in self.table.variables])

    def add(self, columns: Sequence[list[Cell]]) -> None:
        self.frame.vstack(self.format.frame(self.table.variables, columns), in_place=True)
        most = self.format.rows_a_part(self.table)
        while self.may_divide and len(self.frame) > most:
            self._write(self.frame.head(most))
            self.frame = self.frame.slice(most)

    def _write(self, frame: pl.DataFrame) -> None:
        number = len(self.done) + 1
        path = self.folder / f"{self.table.name}-{number}.{self.format.extension}"
        with writing():
            self.format.write(path, Part(self.table.variables, frame), self.wording)
        self.done.append(Written(path, {self.table.name: len(frame)}))

    def finish(self) -> list[Written]:
        """The files of the table: one, or numbered ones in the order of the rows."""
        if len(self.frame) or not self.done:
            self._write(self.frame)
            self.frame = self.frame.clear()  # other formats are still to be written
        whole = self.folder / f"{self.table.name}.{self.format.extension}"
        if len(self.done) == 1:
            self.done[0].path.replace(whole)
        elif self.format.join is None:
            return self.done
        else:
            with writing():
                self.format.join([one.path for one in self.done], whole)
            for one in self.done:
                one.path.unlink()
        rows = sum(one.rows[self.table.name] for one in self.done)
        return [Written(whole, {self.table.name: rows})]
