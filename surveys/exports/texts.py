"""Interviews as CSV files, a table each, as they are read."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from surveys.exports.archives import table_names
from surveys.exports.catalogue import Order
from surveys.exports.columns import Layout
from surveys.exports.csv import RowWriter, open_csv
from surveys.exports.interviews import layouts_for
from surveys.exports.rows import Rows
from surveys.exports.sinks import TableCells, Written


@dataclass
class Texts:
    """The files by the key of their repeat; `layouts` have labels where cells are to hold them."""

    layouts: Mapping[str, Layout]
    paths: Mapping[str, Path]
    writers: Mapping[str, RowWriter]
    files: ExitStack
    rows: Counter[str] = field(default_factory=Counter)

    def take(self, rows: Rows, _: TableCells) -> None:
        for key, write in self.writers.items():
            found = rows.by_repeat[key]
            self.rows[key] += len(found)
            for row in found:
                write(_worded(self.layouts[key], row))

    def finish(self) -> list[Written]:
        self.files.close()
        return [Written(path, {path.stem: self.rows[key]}) for key, path in self.paths.items()]


@contextmanager
def texts_of(order: Order, folder: Path) -> Iterator[Texts]:
    """The order's CSV files, to be fed with its rows as stored; they are written into the folder."""
    layouts = layouts_for(order)
    paths = {key: folder / f"{name}.csv" for key, name in table_names(layouts).items()}
    with ExitStack() as files:
        writers = {
            key: files.enter_context(open_csv(paths[key], layout.header))
            for key, layout in layouts.items()
        }
        yield Texts(layouts, paths, writers, files)


def _worded(layout: Layout, row: Sequence[str]) -> list[str]:
    """A row whose answers are in words, where its layout has some; they are as coarse as given."""
    first, last = len(layout.facts), len(layout.facts) + len(layout.columns)
    answers = (
        column.worded(text) for column, text in zip(layout.columns, row[first:last], strict=True)
    )
    return [*row[:first], *answers, *row[last:]]
