"""The sheets of a workbook that say how answers are judged, beside those of its form."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, TypeVar

from scoring.maths.scheme import MOST_LETTERS, NAME
from scoring.workbooks.notation import NotationError
from surveys.errors import gettext_noop
from surveys.xforms.cells import Limits
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.headings import check_orphans
from surveys.xforms.linting.sheets import Column, FormSheet, Row
from surveys.xforms.linting.slips import check_cells
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.table import JUDGING, SCORE, Table, without_scores
from surveys.xforms.workbook import LIMITS, Workbook, read_workbook

T = TypeVar("T")
Reading: TypeAlias = Generator[Finding, None, T]  # finds faults on its way to a value

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "scheme": ("name", "value"),
    "standards": ("name", "label", "rank"),
    "core_contents": ("name", "label"),
    JUDGING: (
        *("name", "question", "standard", "core_content", "cutoff", "scores", "count", "none"),
        *("area", "midpoints", "average", "minimum", "expression", "applies"),
    ),
    "weights": ("standard",),  # and a column a weighting
    "implied": ("when", "indicators", "score"),
    "disaggregation": ("name", "label", "question", "design", "bands"),
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "scheme": ("name", "value"),
    "standards": ("name",),
    "core_contents": ("name",),
    JUDGING: ("name", "question", "standard", "cutoff"),
    "weights": ("standard",),
    "implied": ("when", "indicators", "score"),
    "disaggregation": ("name",),
}
ALWAYS = ("standards", JUDGING, "weights")  # sheets that no scheme can do without
FEW = 12  # names that a sentence can list
TRANSLATED = frozenset({"label"})
NAMES = frozenset({"name", "question", "standard", "core_content", "area", "none", "design"})
SCHEME_LIMITS = dict.fromkeys(COLUMNS, Limits(rows=1_000, cells=20_000))
ALL_LIMITS = {**LIMITS, **SCHEME_LIMITS}
_CODE = re.compile(r"\(([A-Za-z]{2,3})(?:-[A-Za-z-]+)?\)\s*$")
_CHINESE = ("zh", "chinese", "中文", "汉语")


class SchemeColumn(Column):
    """A column of these sheets; its cells may be names."""

    @cached_property
    def is_identifier(self) -> bool:
        return self.key in NAMES


class SchemeSheet(FormSheet):
    """A sheet with the columns that it has here, not those of forms."""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(
            SchemeColumn(number, heading, *_meaning_of(self.key, heading))
            for number, heading in self.table.headings.items()
        )


def _meaning_of(sheet: str, heading: str) -> tuple[str, str]:
    """The column's key, blank where it is not known, and its language."""
    word, _, language = heading.partition("::" if "::" in heading else ":")
    key = "_".join(word.lower().split())
    if key not in COLUMNS[sheet] or (language and key not in TRANSLATED):
        return "", ""
    return key, language.strip()


@dataclass(frozen=True)
class SchemeBook:
    """A workbook with a form and, in sheets of their own, how its answers are judged."""

    workbook: Workbook

    @cached_property
    def form(self) -> Source:
        return Source(without_scores(self.workbook))

    @cached_property
    def scored(self) -> Source:
        """The form with the scores of its choices."""
        return Source(self.workbook)

    @cached_property
    def sheets(self) -> Mapping[str, SchemeSheet]:
        found = {key: self.workbook.sheet(key) for key in COLUMNS}
        return {key: SchemeSheet(Table(sheet), key) for key, sheet in found.items() if sheet}

    def rows(self, key: str) -> tuple[Row, ...]:
        return self.sheets[key].rows if key in self.sheets else ()

    @cached_property
    def score_column(self) -> Column | None:
        """The column of the choices that says what each is worth."""
        columns = self.scored.choices.columns if self.scored.choices else ()
        return next((c for c in columns if c.heading.lower() == SCORE), None)

    @cached_property
    def questions(self) -> Mapping[str, Item]:
        """What can be answered, by name."""
        items = self.form.by_name.items()
        return {name: item for name, item in items if not item.is_container}


def book_of(content: bytes) -> SchemeBook:
    """The sheets of an .xlsx file. Raises FormError."""
    return SchemeBook(read_workbook(content, ALL_LIMITS))


def has_scheme(content: bytes) -> bool:
    """Whether a workbook says how its answers are judged. Raises FormError."""
    return read_workbook(content, {}).sheet(JUDGING) is not None


def check_sheets(book: SchemeBook) -> Iterator[Finding]:
    """Sheets and columns that are missing, misspelt, twice there, or hold what nobody typed."""
    for key in ALWAYS:
        if key not in book.sheets:
            yield _missing_sheet(book, key)
    for key, sheet in book.sheets.items():
        same = [other for other in book.workbook.sheets if other.key == key]
        for other in same[1:]:
            yield Cell(other.name).error(
                "sheet-twice",
                gettext_noop("There are two sheets `%(name)s`. Delete or rename one."),
                name=key,
            )
        yield from check_cells(sheet)
        yield from check_orphans(sheet)
        yield from _check_columns(sheet)


def _missing_sheet(book: SchemeBook, key: str) -> Finding:
    others = [s.name for s in book.workbook.sheets if s.key not in {*COLUMNS, *LIMITS}]
    if meant := nearest(key, others):
        return Cell(meant).error(
            "unknown-sheet",
            gettext_noop("The sheet `%(name)s` is ignored. Did you mean `%(meant)s`?"),
            name=meant,
            meant=key,
        )
    return Cell().error(
        "missing-sheet",
        gettext_noop("To judge answers, the workbook needs a sheet `%(name)s`."),
        name=key,
    )


def _check_columns(sheet: SchemeSheet) -> Iterator[Finding]:
    for key in NEEDED[sheet.key]:
        if not sheet.columns_of(key):
            yield sheet.cell.error(
                "missing-column", gettext_noop("The column `%(column)s` is missing."), column=key
            )
    first: dict[tuple[str, str], Column] = {}
    for column in sheet.columns:
        twin = first.setdefault((column.key or column.heading, column.language), column)
        if twin is not column:
            yield sheet.heading(column).error(
                "column-twice",
                gettext_noop("The column `%(other)s` says the same. Delete one of the two."),
                other=twin.heading,
            )
        elif not column.key and sheet.key != "weights":
            yield _unknown_column(sheet, column)


def _unknown_column(sheet: SchemeSheet, column: Column) -> Finding:
    missing = [key for key in COLUMNS[sheet.key] if not sheet.columns_of(key)]
    if meant := nearest(column.heading.partition(":")[0], missing):
        return sheet.heading(column).error(
            "unknown-column",
            gettext_noop("The column `%(column)s` is not known. Did you mean `%(meant)s`?"),
            column=column.heading,
            meant=meant,
        )
    return sheet.heading(column).warning(
        "unknown-column",
        gettext_noop("The column `%(column)s` is not known and is ignored."),
        column=column.heading,
    )


def typed(cell: Cell, read: Callable[[str], T]) -> Reading[T | None]:
    """The value of a cell, None where it does not say one."""
    try:
        return read(cell.text.strip())
    except NotationError as error:
        yield cell.error("notation", error.message, at=None, **error.params)
        return None


def filled(cell: Cell, read: Callable[[str], T], column: str) -> Reading[T | None]:
    """The value of a cell that must say one."""
    if not cell.text.strip():
        yield blank(cell, column)
        return None
    return (yield from typed(cell, read))


def blank(cell: Cell, column: str) -> Finding:
    return cell.error("blank", gettext_noop("Fill in `%(column)s`."), column=column)


def known(cell: Cell, name: str, sheet: str, names: Iterable[str]) -> Iterator[Finding]:
    """Whether another sheet has the name."""
    names = list(names)
    if name in names:
        return
    if meant := nearest(name, names):
        yield cell.error(
            "unknown-name",
            gettext_noop("The sheet `%(sheet)s` has no `%(name)s`. Did you mean `%(meant)s`?"),
            sheet=sheet,
            name=name,
            meant=meant,
        )
    elif 0 < len(names) <= FEW:
        yield cell.error(
            "unknown-name",
            gettext_noop("The sheet `%(sheet)s` has no `%(name)s`. It has: %(names)s."),
            sheet=sheet,
            name=name,
            names=", ".join(names),
        )
    else:
        yield cell.error(
            "unknown-name",
            gettext_noop("The sheet `%(sheet)s` has no `%(name)s`."),
            sheet=sheet,
            name=name,
        )


def one_of(cell: Cell, names: Iterable[str]) -> Iterator[Finding]:
    """Whether a cell names one of a few things that this software knows."""
    names = list(names)
    if cell.text.strip() not in names:
        yield cell.error(
            "unknown-name",
            gettext_noop("`%(name)s` is not known here. What may be set: %(names)s."),
            name=cell.text.strip(),
            names=", ".join(names),
        )


def named_rows(book: SchemeBook, key: str) -> Reading[list[tuple[str, Row]]]:
    """The rows of a sheet with their names, each name once."""
    found: dict[str, Row] = {}
    for row in book.rows(key):
        if not row.name:
            yield blank(row["name"], "name")
        elif row.name in found:
            yield row["name"].error(
                "same-name",
                gettext_noop("The name `%(name)s` is taken by row %(row)s. Choose another one."),
                name=row.name,
                row=found[row.name].number,
            )
        elif not NAME.fullmatch(row.name):
            yield bad_name(row["name"], MOST_LETTERS)
        else:
            found[row.name] = row
    if key in book.sheets and not book.rows(key):
        yield book.sheets[key].cell.error(
            "empty-sheet",
            gettext_noop("The sheet `%(name)s` has no rows. Fill it in, or delete it."),
            name=key,
        )
    return list(found.items())


def bad_name(cell: Cell, most: int) -> Finding:
    return cell.error(
        "bad-name",
        gettext_noop("Use 1 to %(most)s letters a to z, digits, - and _."),
        most=most,
    )


def titles(texts: Mapping[str, str], fallback: str, prefix: str = "title") -> dict[str, str]:
    """A text in English and in Chinese, out of texts by the language of their heading.

    What has but one text has it in both languages.
    """
    chinese = {language: text for language, text in texts.items() if is_chinese(language)}
    english = {language: text for language, text in texts.items() if is_english(language)}
    others = [*texts.values(), fallback]
    return {
        f"{prefix}_en": next(iter([*english.values(), *others])),
        f"{prefix}_zh": next(iter([*chinese.values(), *others])),
    }


def labels(row: Row) -> dict[str, str]:
    """The title of what a row is about; its name where it has no label."""
    texts = {language: cell.text.strip() for language, cell in row.texts("label").items()}
    return titles(texts, row.name)


def is_english(language: str) -> bool:
    return _code(language) in ("en", "english")


def is_chinese(language: str) -> bool:
    return _code(language).startswith(_CHINESE)


def _code(language: str) -> str:
    match = _CODE.search(language)
    return (match[1] if match else language).strip().lower()
