"""Excel: a workbook with a sheet a table, all variables and choices with their labels, in constant memory."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from surveys.errors import SurveyError, gettext_noop
from surveys.exports import interviews
from surveys.exports.archives import pack
from surveys.exports.catalogue import Order, Tick, languages_of
from surveys.exports.disk import writing
from surveys.exports.rows import Page
from surveys.exports.sinks import DoesNotFit, TableCells, Written, feed
from surveys.exports.tables import Table, tables_for
from surveys.exports.wording import Wording, Words, unsaid_for, words_for
from surveys.variables.memo import Memo
from surveys.variables.missing import UNSAID, Missing
from surveys.variables.variable import Cell, Kind, Plain, Variable

MOST_ROWS = 1_048_575  # below the header
MOST_CHARACTERS = 32_767  # of a cell, counted as Excel does
MOST_INSTANCES = 10  # an interview, that one file is expected to have room for
LONGEST_NAME = 31  # of a sheet
KEPT = frozenset("[]:*?/\\'")  # not for names of sheets
DIGITS = 10**15  # a number with more loses some in Excel
FIRST_DAY = date(1900, 3, 1)  # before, days in Excel are not those of other programs
CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 - equal data make equal files
VARIABLES, CHOICES = "variables", "choices"
UNSAID_AS = {reason: name for name, reason in UNSAID.items()}
FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.DATETIME: "yyyy-mm-dd hh:mm:ss"}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "use_zip64": True,  # written only where a sheet of a million rows needs it
}


class LongText(DoesNotFit):
    """An answer that a cell has no room for."""


class ManyRows(SurveyError):
    """More instances of a repeat than a sheet has rows."""


def extension(order: Order) -> str:
    """Several workbooks come in an archive. How many instances repeats have is a guess."""
    instances = MOST_INSTANCES if len(tables_for(order)) > 1 else 1
    return "zip" if interviews.count(order) * instances > MOST_ROWS else "xlsx"


def write(order: Order, path: Path, tick: Tick) -> None:
    """Raises LongText: an answer is never cut; and ManyRows."""
    tables = tables_for(order)
    is_archive = extension(order) == "zip"
    with (
        TemporaryDirectory(dir=path.parent) as folder,
        closing(books_of(order, tables, Path(folder))) as books,
    ):
        feed(order, tables, [books], tick)
        files = [written.path for written in books.finish()]
        if is_archive:
            pack(files, path)
        elif len(files) > 1:
            raise ManyRows(
                gettext_noop("The repeats have more rows than an Excel file. Take CSV or Parquet.")
            )
        else:
            files[0].replace(path)


def books_of(order: Order, tables: Sequence[Table], folder: Path) -> "Books":
    """The order's workbooks, to be fed and closed; they are written into the folder."""
    languages = list(languages_of(order.questionnaire)) or [""]
    words = {**words_for(order, tables), **unsaid_for(order, tables)}
    return Books(tables, folder, languages, words)


@dataclass
class Books:
    """Workbooks as they are written: a new one begins before a sheet would be too long, so that an
    interview and its instances are always in the same.
    """

    tables: Sequence[Table]
    folder: Path
    languages: Sequence[str]
    words: Words
    most_rows: int = MOST_ROWS
    done: list[Written] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        path = self.folder / f"{self.tables[0].name}-{len(self.done) + 1}.xlsx"
        self._book = Book(path, self.tables, self.languages, self.words)

    def take(self, page: Page, cells: TableCells) -> None:
        is_long = self._book.longest_with(cells) > self.most_rows
        for some in _apart(page, cells) if is_long else (cells,):
            if self._book.longest_with(some) > self.most_rows:
                self.done.append(self._book.finish())
                self._begin()
            self._book.take(some)

    def finish(self) -> list[Written]:
        """The files: one, or numbered ones in the order of the interviews."""
        self.done.append(self._book.finish())
        if len(self.done) > 1:
            return self.done
        (only,) = self.done
        return [Written(only.path.replace(self.folder / f"{self.tables[0].name}.xlsx"), only.rows)]

    def close(self) -> None:
        """Leave off where something went wrong; the folder is thrown away by whoever made it."""
        self._book.close()


def _apart(page: Page, cells: TableCells) -> Iterator[TableCells]:
    """The cells of each interview by itself."""
    owners = [block.owners for block in page.by_repeat.values()]
    for place in range(len(page.keys)):
        rows = [slice(bisect_left(each, place), bisect_right(each, place)) for each in owners]
        yield [
            [column[own] for column in columns] for own, columns in zip(rows, cells, strict=True)
        ]


class Book:
    """One workbook. `words` are the labels that cells hold instead of choices' names."""

    def __init__(
        self, path: Path, tables: Sequence[Table], languages: Sequence[str], words: Words
    ) -> None:
        self.path, self.tables, self.languages, self.words = path, tables, languages, words
        self.rows: Counter[str] = Counter({table.name: 0 for table in tables})
        self._workbook = Workbook(path, {**OPTIONS, "tmpdir": str(path.parent)})
        self._workbook.set_properties({"created": CREATED})
        self._bold = self._workbook.add_format({"bold": True})
        self._formats = {
            kind: self._workbook.add_format({"num_format": text}) for kind, text in FORMATS.items()
        }
        self._shown = [
            [Memo(partial(_shown, variable, words)) for variable in table.variables]
            for table in tables
        ]
        names = [*sheet_names([table.name for table in tables]), VARIABLES, CHOICES]
        self._sheets = [self._workbook.add_worksheet(name) for name in names]
        headers = ([variable.name for variable in table.variables] for table in tables)
        for sheet, header in zip(self._sheets, (*headers, *self._headers), strict=True):
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, header, self._bold)

    @property
    def _headers(self) -> tuple[list[str], list[str]]:
        labels = [f"label {language}".strip() for language in self.languages]
        return ["table", "name", "question", "type", *labels], ["name", "choice", "code", *labels]

    def longest_with(self, cells: TableCells) -> int:
        """The rows of the longest sheet after some more interviews."""
        own = zip(self.tables, cells, strict=True)
        return max(self.rows[table.name] + len(columns[0]) for table, columns in own)

    def take(self, cells: TableCells) -> None:
        own = zip(self._sheets, self.tables, self._shown, cells, strict=False)
        for sheet, table, shown, columns in own:
            for row in zip(*map(Memo.column, shown, columns), strict=True):
                self.rows[table.name] += 1
                self._write(sheet, self.rows[table.name], table.variables, row)

    def _write(
        self, sheet: Worksheet, at: int, variables: Sequence[Variable], row: Sequence[Plain]
    ) -> None:
        for column, value in enumerate(row):
            if isinstance(value, str):
                self._write_text(sheet, at, column, value, variables[column])
            elif isinstance(value, date):
                sheet.write_datetime(at, column, value, self._formats[variables[column].kind])
            elif value is not None:
                sheet.write_number(at, column, value)

    def _write_text(
        self, sheet: Worksheet, at: int, column: int, text: str, variable: Variable
    ) -> None:
        """As text, whatever it begins with."""
        if sheet.write_string(at, column, text):
            raise LongText(
                gettext_noop(
                    "An answer to %(variable)s has %(length)s characters; Excel holds %(most)s. "
                    "Take Stata, Parquet or CSV."
                ),
                variable=variable.name,
                length=len(text),
                most=MOST_CHARACTERS,
            )

    def finish(self) -> Written:
        """The file, with what its variables and choices mean."""
        *_, variables, choices = self._sheets
        for sheet, rows in ((variables, self._variables()), (choices, self._choices())):
            for at, row in enumerate(rows, start=1):
                for column, text in enumerate(row):
                    sheet.write_string(at, column, text[:MOST_CHARACTERS])
        with writing():
            self._workbook.close()
        return Written(self.path, dict(self.rows))

    def close(self) -> None:
        """Where it is not finished, what is still to be written may have no room either."""
        for sheet in self._sheets:
            with suppress(OSError):
                sheet.row_data_fh.close()

    def _variables(self) -> Iterator[list[str]]:
        wordings = [Wording(language) for language in self.languages]
        for table in self.tables:
            for one in table.variables:
                labels = [wording.label(one) for wording in wordings]
                yield [table.name, one.name, one.key, one.kind.value, *labels]

    def _choices(self) -> Iterator[list[str]]:
        wordings = [Wording(language) for language in self.languages]
        for variable in (one for table in self.tables for one in table.variables):
            for value in variable.values:
                labels = [wording.choice(value) for wording in wordings]
                yield [variable.name, value.name, str(value.code), *labels]


def sheet_names(names: Sequence[str]) -> list[str]:
    """Names of at most 31 characters, none twice, whatever their case; Excel keeps some characters
    for itself, and we two names.
    """
    taken = {VARIABLES, CHOICES, "history"}
    given = []
    for name in names:
        plain = "".join("-" if character in KEPT else character for character in name)
        numbered = (f"{plain[: LONGEST_NAME - 5]} {number}" for number in count(2))
        wishes = chain([plain[:LONGEST_NAME]], numbered)
        given.append(next(wish for wish in wishes if wish.lower() not in taken))
        taken.add(given[-1].lower())
    return given


def _shown(variable: Variable, words: Words, cell: Cell) -> Plain:
    """What a sheet has room for as a number or day; all else as text, blank texts not at all."""
    value = words.get((variable.name, cell)) or _value(variable, cell)
    if isinstance(value, date):
        return value if _day(value) >= FIRST_DAY else value.isoformat()
    if isinstance(value, int | float) and abs(value) >= DIGITS:
        return str(value)
    return None if value == "" else value


def _value(variable: Variable, cell: Cell) -> Plain:
    """Don't know and refused are choices like others; other reasons leave the cell empty."""
    if isinstance(cell, Missing) and variable.kind is Kind.CHOICE:
        return UNSAID_AS.get(cell)
    return variable.plain(cell)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
