"""The cells of one sheet as texts: numbers, dates and formulas as their author saw them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from surveys.errors import gettext_noop
from surveys.xforms.package import Attributes, Ended, FormError, Handler, Package, Tag, add_to

MAX_COLUMNS = 1_000  # with text; 200 languages of label, hint and messages fit
LAST_DAY = 2_950_000  # a day of the year 9976, counted as spreadsheets count
BLANK_ROWS = 10_000  # on end, after which a sheet is taken to have ended
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Rows = dict[int, dict[int, str]]


@dataclass(frozen=True)
class Limits:
    """What a sheet may hold, so that the conversion ends within seconds."""

    rows: int
    cells: int


@dataclass(frozen=True)
class Formats:
    """What the cells of a workbook refer to: its strings, and which styles show dates."""

    strings: Sequence[str]
    dates: frozenset[int]
    is_1904: bool

    def is_date(self, kind: str, style: int, raw: str) -> bool:
        """Whether the cell shows its number as a day or time that calendars have."""
        return kind == "n" and style in self.dates and 0 <= float(raw) < LAST_DAY

    def value(self, kind: str, style: int, raw: str) -> str:
        """The text of a cell from its type, style and stored value."""
        if kind == "s":
            return self.strings[int(raw)]
        if kind == "b":
            return "TRUE" if raw.strip() == "1" else "FALSE"
        if kind != "n" or not raw.strip():
            return raw
        if self.is_date(kind, style, raw):
            epoch = CALENDAR_MAC_1904 if self.is_1904 else CALENDAR_WINDOWS_1900
            return _iso(from_excel(float(raw), epoch))
        number = float(raw)
        return str(int(number)) if number.is_integer() else repr(number)


def date_styles(tags: Sequence[Tag]) -> frozenset[int]:
    """The styles of `styles.xml` by which a number is shown as a date or a time."""
    codes = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    is_cell_style = False
    for tag, attributes in tags:
        if tag == "numFmt":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            is_cell_style = tag == "cellXfs"
        elif tag == "xf" and is_cell_style:
            styles.append(int(attributes.get("numFmtId", "0")))
    return frozenset(
        place for place, number in enumerate(styles) if is_date_format(codes.get(number, ""))
    )


def _iso(value: object) -> str:
    """As answers of forms are written: a date, a time of day, or both."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else ""


class CellReader(Handler):
    """Gathers the cells that hold text from the XML of a sheet."""

    def __init__(self, package: Package, formats: Formats, limits: Limits) -> None:
        self.package = package
        self.formats = formats
        self.limits = limits
        self.count = 0
        self.rows: Rows = {}
        self.formulas: set[tuple[int, int]] = set()
        self.dates: set[tuple[int, int]] = set()
        self.broken: dict[tuple[int, int], str] = {}
        self.merged: list[str] = []
        self.stopped_at: int | None = None
        self.row = self.column = self.style = self.last_row = 0
        self.kind = "n"
        self.has_formula = self.is_value = self.is_aid = False
        self.parts: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "f":
            self.has_formula = True
        elif tag == "mergeCell":
            self.merged.append(attributes.get("ref", ""))
        elif tag == "rPh":
            self.is_aid = True
        self.is_value = tag in ("v", "t") and not self.is_aid

    def _begin_row(self, attributes: Attributes) -> None:
        self.row = int(attributes.get("r") or self.row + 1)
        self.column = 0
        if self.row - self.last_row > BLANK_ROWS:
            self.stopped_at = self.last_row + BLANK_ROWS
            raise Ended

    def _begin_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        self.column = _column(place.rstrip("0123456789")) if place else self.column + 1
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s") or 0)
        self.has_formula = False
        self.parts = []

    def text(self, text: str) -> None:
        if self.is_value:
            add_to(self.parts, text)

    def end(self, tag: str) -> None:
        self.is_value = False
        if tag == "rPh":
            self.is_aid = False
        elif tag == "c" and (self.parts or self.has_formula):
            self._end_cell(self.package.keep(self.parts))

    def _end_cell(self, raw: str) -> None:
        place = (self.row, self.column)
        if self.has_formula:
            self.formulas.add(place)
        if self.kind == "e" or (self.has_formula and not raw):
            self.broken[place] = raw
            return
        text = clean(self.formats.value(self.kind, self.style, raw))
        if text.strip():
            self._keep(text)
            if self.formats.is_date(self.kind, self.style, raw):
                self.dates.add(place)

    def _keep(self, text: str) -> None:
        self.count += 1
        if self.column > MAX_COLUMNS:
            raise FormError(
                gettext_noop(
                    "A sheet of the form has text beyond column %(column)s. Delete what does not "
                    "belong to the form and try again."
                ),
                column=get_column_letter(MAX_COLUMNS),
            )
        if self.count > self.limits.cells or len(self.rows) > self.limits.rows:
            raise FormError(
                gettext_noop(
                    "A sheet of the form has more than %(rows)s rows or %(cells)s filled cells. "
                    "Divide the form, or put long lists into CSV files (select_one_from_file)."
                ),
                rows=self.limits.rows,
                cells=self.limits.cells,
            )
        self.rows.setdefault(self.row, {})[self.column] = text
        self.last_row = self.row


def clean(text: str) -> str:
    """Without what nobody types: escapes and control characters; every space is a plain one."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return _CONTROLS.sub("", text).replace("\r\n", "\n").replace("\xa0", " ")


@lru_cache(maxsize=4096)
def _column(letters: str) -> int:
    return column_index_from_string(letters)
