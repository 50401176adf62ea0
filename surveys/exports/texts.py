"""Interviews as CSV files: one, or with repeats or files of answers an archive of all."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from surveys.exports.archives import add_file, table_names
from surveys.exports.catalogue import Order, Tick
from surveys.exports.columns import Layout
from surveys.exports.csv import ColumnWriter, open_columns
from surveys.exports.interviews import extension, has_files, layouts_for
from surveys.exports.media import Media
from surveys.exports.rows import Columns, Page
from surveys.exports.sinks import TableCells, Written, feed


def write(order: Order, path: Path, tick: Tick) -> None:
    """The archive has `interviews.csv`, `interviews-member.csv` for a repeat, and
    `media/<interview>/<file>`.
    """
    with TemporaryDirectory(dir=path.parent) as folder, texts_of(order, Path(folder)) as texts:
        if extension(order) != "zip":
            feed(order, [], [texts], tick)
            (only,) = texts.finish()
            only.path.replace(path)
            return
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            media = [Media(archive)] if has_files(order) else []
            feed(order, [], [texts, *media], tick)
            for written in texts.finish():
                add_file(archive, written.path)


@dataclass
class Texts:
    """The files by the key of their repeat; `layouts` have labels where cells are to hold them."""

    layouts: Mapping[str, Layout]
    paths: Mapping[str, Path]
    writers: Mapping[str, ColumnWriter]
    files: ExitStack
    rows: Counter[str] = field(default_factory=Counter)

    def take(self, page: Page, _: TableCells) -> None:
        for key, write in self.writers.items():
            block = page.by_repeat[key]
            self.rows[key] += len(block.owners)
            write(_worded(self.layouts[key], block.columns))

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
            key: files.enter_context(open_columns(paths[key], layout.header))
            for key, layout in layouts.items()
        }
        yield Texts(layouts, paths, writers, files)


def _worded(layout: Layout, columns: Columns) -> Columns:
    """Answers in words, where the layout has some; they are as coarse as given."""
    first, last = len(layout.facts), len(layout.facts) + len(layout.columns)
    answers = zip(layout.columns, columns[first:last], strict=True)
    return [
        *columns[:first],
        *(column.words(texts) for column, texts in answers),
        *columns[last:],
    ]
