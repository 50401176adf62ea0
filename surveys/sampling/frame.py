"""A sampling frame: the units that can be drawn, such as sites, read from a table with all faults."""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

ALIASES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "编码", "编号", "代码"),
    "name": ("name", "名称", "地点"),
    "stratum": ("stratum", "strata", "层", "分层"),
    "psu": ("psu", "初级抽样单位", "初级抽样单元"),
    "city": ("city", "城市"),
    "size": ("size", "mos", "measure_of_size", "规模", "人数"),
    "latitude": ("latitude", "lat", "纬度"),
    "longitude": ("longitude", "lon", "lng", "经度"),
}
MOST_CHARACTERS: Mapping[str, int] = {"code": 50, "name": 200, "stratum": 50, "psu": 50, "city": 50}
ONE_STRATUM = "all"  # of a frame that has no column of strata
WHOLE_FILE = 0  # the row of a fault that is in none


class Wrong(StrEnum):
    """What can be wrong with a frame. `value` of the fault says more:"""

    NO_ROWS = "no_rows"
    COLUMN_MISSING = "column_missing"
    COLUMN_REPEATED = "column_repeated"  # the second heading that means the same
    CELL_WITHOUT_HEADING = "cell_without_heading"  # what is in it
    BLANK = "blank"
    TOO_LONG = "too_long"  # the most characters there may be
    REPEATED = "repeated"  # the row that had this code first
    NOT_A_NUMBER = "not_a_number"  # what is in the cell; so with all that follow
    NOT_POSITIVE = "not_positive"
    UNKNOWN = "unknown"  # a stratum or city that the survey has not
    OUTSIDE = "outside"  # a coordinate where no unit can be
    SWAPPED = "swapped"  # each coordinate would be inside if it were the other
    HALF_A_PLACE = "half_a_place"  # this coordinate is blank, the other is not


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a frame, where it is, and the value in question."""

    code: Wrong
    row: int  # as a spreadsheet counts: the headings are 1; or WHOLE_FILE
    column: str  # a name of `ALIASES`, or the heading as written
    value: str = ""


@dataclass(frozen=True)
class FrameUnit:
    """What can be drawn: a site, usually."""

    code: str
    stratum: str = ONE_STRATUM
    name: str = ""
    psu: str = ""  # the unit is one by itself where its column is blank or not there
    city: str = ""
    size: float | None = None  # measure of size, above 0: how many people or households
    latitude: float | None = None
    longitude: float | None = None
    extras: Mapping[str, str] = field(default_factory=dict, hash=False)  # other columns, as written


@dataclass(frozen=True)
class Bounds:
    """Where coordinates may be, in degrees; the whole earth unless said otherwise."""

    south: float = -90
    west: float = -180
    north: float = 90
    east: float = 180

    def hold(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


@dataclass(frozen=True)
class Known:
    """What a survey knows of its frame beforehand; None is anything."""

    strata: Collection[str] | None = None
    cities: Collection[str] | None = None
    bounds: Bounds = Bounds()


@dataclass(frozen=True)
class Reading:
    """The units of the rows without a fault, and all faults in the order of rows."""

    units: tuple[FrameUnit, ...]
    faults: tuple[Fault, ...]


def read_frame(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    known: Known = Known(),
) -> Reading:
    """The units of a table. Headings are known by `ALIASES` in any case, other columns are extras.

    Only `code` is required. Blank rows are left out; a row with any fault gives no unit.
    """
    columns, faults = _columns(headings)
    if faults:
        return Reading((), tuple(faults))
    units: list[FrameUnit] = []
    rows_by_code: dict[str, int] = {}
    for number, cells in enumerate(rows, start=2):
        row = _Row(number, [_text(cell) for cell in cells], columns, known)
        if not any(row.cells):
            continue
        unit = row.unit()
        first = rows_by_code.setdefault(unit.code, number)
        if unit.code and first != number:
            row.fault(Wrong.REPEATED, "code", str(first))
        faults += row.faults
        if not row.faults:
            units.append(unit)
    if not rows_by_code:
        faults.append(Fault(Wrong.NO_ROWS, WHOLE_FILE, ""))
    return Reading(tuple(units), tuple(faults))


def by_stratum(units: Iterable[FrameUnit]) -> dict[str, list[FrameUnit]]:
    """The units of each stratum, both in the order of their codes."""
    strata: dict[str, list[FrameUnit]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: (unit.stratum, unit.code)):
        strata[unit.stratum].append(unit)
    return dict(strata)


def _columns(headings: Sequence[str]) -> tuple[list[str], list[Fault]]:
    """What each column is: a name of `ALIASES`, the heading of an extra, or blank."""
    meant = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
    written = [_text(heading) for heading in headings]
    columns = [meant.get(text.casefold().replace(" ", "_"), text) for text in written]
    faults = [
        Fault(Wrong.COLUMN_REPEATED, 1, column, text)
        for place, (column, text) in enumerate(zip(columns, written, strict=True))
        if column and column in columns[:place]
    ]
    if "code" not in columns:
        faults.append(Fault(Wrong.COLUMN_MISSING, 1, "code"))
    return columns, faults


def _text(cell: object) -> str:
    """A cell as a person reads it: a spreadsheet's 1001.0 is 1001, full-width digits are digits."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip()


class _Row:
    """One row being read, and what was wrong with it so far."""

    def __init__(
        self, number: int, cells: Sequence[str], columns: Sequence[str], known: Known
    ) -> None:
        self.number = number
        self.cells = cells
        self.known = known
        self.faults: list[Fault] = []
        self.named = {column: "" for column in columns if column}
        for place, cell in enumerate(cells):
            column = columns[place] if place < len(columns) else ""
            if column:
                self.named[column] = cell
            elif cell:
                self.fault(Wrong.CELL_WITHOUT_HEADING, "", cell)

    def fault(self, code: Wrong, column: str, value: str = "") -> None:
        self.faults.append(Fault(code, self.number, column, value))

    def unit(self) -> FrameUnit:
        code = self._word("code", is_needed=True)
        latitude, longitude = self._place()
        return FrameUnit(
            code=code,
            stratum=self._stratum(),
            name=self._word("name"),
            psu=self._word("psu") or code,
            city=self._one_of("city", self.known.cities),
            size=self._size(),
            latitude=latitude,
            longitude=longitude,
            extras=dict(self._extras()),
        )

    def _word(self, column: str, *, is_needed: bool = False) -> str:
        text = self.named.get(column, "")
        if is_needed and not text:
            self.fault(Wrong.BLANK, column)
        if len(text) > MOST_CHARACTERS[column]:
            self.fault(Wrong.TOO_LONG, column, str(MOST_CHARACTERS[column]))
        return text

    def _stratum(self) -> str:
        if "stratum" not in self.named:
            return ONE_STRATUM
        return self._one_of("stratum", self.known.strata, is_needed=True)

    def _one_of(
        self, column: str, known: Collection[str] | None, *, is_needed: bool = False
    ) -> str:
        text = self._word(column, is_needed=is_needed)
        if text and known is not None and text not in known:
            self.fault(Wrong.UNKNOWN, column, text)
        return text

    def _number(self, column: str) -> float | None:
        text = self.named.get(column, "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or "_" in text:
            self.fault(Wrong.NOT_A_NUMBER, column, text)
            return None
        return value

    def _size(self) -> float | None:
        size = self._number("size")
        if size is not None and size <= 0:
            self.fault(Wrong.NOT_POSITIVE, "size", self.named["size"])
        return size

    def _place(self) -> tuple[float | None, float | None]:
        latitude, longitude = self._number("latitude"), self._number("longitude")
        if latitude is None or longitude is None:
            self._half_a_place()
        elif not self.known.bounds.hold(latitude, longitude):
            self._outside(latitude, longitude)
        return latitude, longitude

    def _half_a_place(self) -> None:
        blank = [name for name in ("latitude", "longitude") if not self.named.get(name)]
        if len(blank) == 1:
            self.fault(Wrong.HALF_A_PLACE, blank[0])

    def _outside(self, latitude: float, longitude: float) -> None:
        bounds = self.known.bounds
        if bounds.hold(longitude, latitude):
            self.fault(Wrong.SWAPPED, "latitude", self.named["latitude"])
            return
        if not bounds.south <= latitude <= bounds.north:
            self.fault(Wrong.OUTSIDE, "latitude", self.named["latitude"])
        if not bounds.west <= longitude <= bounds.east:
            self.fault(Wrong.OUTSIDE, "longitude", self.named["longitude"])

    def _extras(self) -> Iterator[tuple[str, str]]:
        return ((name, text) for name, text in self.named.items() if name not in ALIASES)
