"""Tables written a part at a time, so that memory does not grow with the rows, into one file or an archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.functional import Promise

from surveys.exports import interviews
from surveys.exports.archives import EARLIEST
from surveys.exports.catalogue import Export, Order, Tick
from surveys.exports.interviews import interviews_of
from surveys.exports.rows import pages_of
from surveys.exports.tables import Table, stored_layouts_for, tables_for
from surveys.exports.wording import Wording, wording_for
from surveys.variables.variable import Cell, Variable

CELLS_A_PART = 4_000_000  # about 50,000 interviews of 80 variables


@dataclass(frozen=True)
class Part:
    """Some rows of a table, by column. A text is never None."""

    variables: Sequence[Variable]
    columns: Sequence[list[Cell]]


@dataclass(frozen=True)
class Format:
    """How parts become a file. `join` makes one file of several where the format can."""

    extension: str
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
        tables, wording = tables_for(order), wording_for(order)
        is_archive = self._is_archive(order, tables)
        may_divide = is_archive or self.join is not None
        with TemporaryDirectory(dir=path.parent) as folder:
            sheets = [
                Sheet(self, table, Path(folder), wording, may_divide=may_divide) for table in tables
            ]
            pages = pages_of(
                interviews_of(order), stored_layouts_for(order), order.layer, with_skipped=True
            )
            for page in pages:
                for rows in page:
                    for sheet in sheets:
                        for cells in sheet.table.cells_of(rows):
                            sheet.add(cells)
                    tick()
            files = [file for sheet in sheets for file in sheet.finish()]
            if is_archive:
                _pack(files, path)
            else:
                files[0].replace(path)


@dataclass
class Sheet:
    """One table as it is written: the rows of the part that grows, and the files that are done."""

    format: Format
    table: Table
    folder: Path
    wording: Wording
    may_divide: bool
    done: list[Path] = field(default_factory=list)
    columns: list[list[Cell]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.columns = [[] for _ in self.table.variables]

    def add(self, cells: Sequence[Cell]) -> None:
        if self.may_divide and len(self.columns[0]) >= self.format.rows_a_part(self.table):
            self._write()
        for column, cell in zip(self.columns, cells, strict=True):
            column.append(cell)

    def _write(self) -> None:
        number = len(self.done) + 1
        path = self.folder / f"{self.table.name}-{number}.{self.format.extension}"
        self.format.write(path, Part(self.table.variables, self.columns), self.wording)
        self.done.append(path)
        self._begin()

    def finish(self) -> list[Path]:
        """The files of the table: one, or numbered ones in the order of the rows."""
        if self.columns[0] or not self.done:
            self._write()
        whole = self.folder / f"{self.table.name}.{self.format.extension}"
        if len(self.done) == 1:
            return [self.done[0].replace(whole)]
        if self.format.join is None:
            return self.done
        self.format.join(self.done, whole)
        return [whole]


def _pack(files: Sequence[Path], path: Path) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in files:
            entry = ZipInfo(file.name, EARLIEST)
            entry.compress_type = ZIP_DEFLATED
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                copyfileobj(source, target)
