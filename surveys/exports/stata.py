"""Stata: labels, value labels, and `.d` don't know, `.r` refused, `.n` does not apply, `.u` unreadable."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pyreadstat

from surveys.exports.clipping import clipped
from surveys.exports.disk import no_room
from surveys.exports.parts import Format, Part
from surveys.exports.wording import Wording
from surveys.variables.missing import Missing
from surveys.variables.variable import Cell, Kind, Variable

Stored: TypeAlias = float | str | None

BEGINNING = datetime(1960, 1, 1)  # noqa: DTZ001 - the clock on the wall
LABEL_BYTES = 320  # 80 characters
VALUE_LABEL_BYTES = 32_000
HEADER_BYTES = 1_000
TIMESTAMP = b"<timestamp>"
END = b"</stata_dta>"
EARLIEST = b"01 Jan 1980 00:00"
FORMATS = {Kind.DATE: "%td", Kind.DATETIME: "%tc", Kind.INTEGER: "%10.0g", Kind.CHOICE: "%10.0g"}
LETTERS = [reason.letter for reason in Missing]


def write(path: Path, part: Part, wording: Wording) -> None:
    """Stata 14 or later opens it. Texts that are longer than 2,045 bytes become `strL`."""
    series = list(map(_series, part.variables, part.columns))
    with_reasons = {one.name for one in series if one.dtype == pl.Object}
    pyreadstat.write_dta(
        pl.DataFrame(series),
        path,
        column_labels=[_label(wording.label(variable)) for variable in part.variables],
        variable_value_labels={
            variable.name: _values(variable, wording, with_reasons=variable.name in with_reasons)
            for variable in part.variables
            if not variable.is_text
        },
        missing_user_values=dict.fromkeys(with_reasons, LETTERS),
        variable_format={v.name: FORMATS[v.kind] for v in part.variables if v.kind in FORMATS},
    )
    _forget_moment(path)


def _forget_moment(path: Path) -> None:
    """Equal data make equal files, whenever they are written. The writer sees no full disk before
    the data: raises OSError where the end is missing.
    """
    with path.open("r+b") as file:
        header = file.read(HEADER_BYTES)
        file.seek(max(0, path.stat().st_size - len(END)))
        if file.read() != END:
            raise no_room()
        file.seek(header.index(TIMESTAMP) + len(TIMESTAMP) + 1)  # a byte tells its length
        file.write(EARLIEST)


def _label(text: str) -> str:
    return clipped(text if len(text) <= 80 else f"{text[:79]}…", LABEL_BYTES)


def _values(variable: Variable, wording: Wording, *, with_reasons: bool) -> dict[Any, str]:
    """By code, and by letter, which the writer takes although its types do not say so."""
    labelled: dict[Any, str] = dict(wording.values(variable))
    if with_reasons:
        labelled |= {reason.letter: words for reason, words in wording.reasons(variable).items()}
    return {value: clipped(words, VALUE_LABEL_BYTES) for value, words in labelled.items()}


def _series(variable: Variable, column: list[Cell]) -> pl.Series:
    if variable.is_text:
        return pl.Series(variable.name, column, dtype=pl.String)
    has_reasons = any(isinstance(cell, Missing) for cell in column)
    stored = [_stored(cell) for cell in column]
    return pl.Series(variable.name, stored, dtype=pl.Object if has_reasons else pl.Float64)


def _stored(cell: Cell) -> Stored:
    if isinstance(cell, Missing):
        return cell.letter
    if isinstance(cell, datetime):
        return (cell - BEGINNING).total_seconds() * 1000
    if isinstance(cell, date):
        return float((cell - BEGINNING.date()).days)
    return cell


FORMAT = Format("dta", write)
