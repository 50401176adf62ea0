"""SPSS: labels, value labels, measures, and user-missing numbers for reasons of gaps, except in dates."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
import pyreadstat

from surveys.errors import gettext_noop
from surveys.exports.clipping import clipped
from surveys.exports.parts import Format, Part
from surveys.exports.sinks import DoesNotFit
from surveys.exports.wording import Wording
from surveys.variables.missing import HIGHEST, LOWEST, Missing
from surveys.variables.variable import Cell, Kind, Variable

BEGINNING = datetime(1582, 10, 14)  # noqa: DTZ001 - the clock on the wall
DAY_S = 86_400.0
LABEL_BYTES = 255
VALUE_LABEL_BYTES = 120
TEXT_BYTES = 32_767
WRITTEN_AT = 92  # where the header has the moment of writing: equal data make equal files
EARLIEST = b"01 Jan 8000:00:00"
FORMATS = {
    Kind.DATE: "SDATE10",
    Kind.DATETIME: "DATETIME20",
    Kind.DECIMAL: "F16.6",
    Kind.INTEGER: "F11.0",
    Kind.CHOICE: "F11.0",
    Kind.FLAG: "F11.0",
}
REASONS: list[Any] = [{"lo": LOWEST, "hi": HIGHEST}]


class LongText(DoesNotFit):
    """An answer that SPSS has no room for."""


def frame(variables: Sequence[Variable], columns: Sequence[list[Cell]]) -> pl.DataFrame:
    """Raises LongText: an answer is never cut."""
    return pl.DataFrame(list(map(_series, variables, columns)))


def write(path: Path, part: Part, wording: Wording) -> None:
    coded = [variable for variable in part.variables if not variable.is_text]
    pyreadstat.write_sav(
        part.frame,
        path,
        row_compress=True,
        column_labels=[clipped(wording.label(v), LABEL_BYTES) for v in part.variables],
        variable_value_labels={variable.name: _values(variable, wording) for variable in coded},
        missing_ranges={v.name: REASONS for v in coded if v.key and not v.is_moment},
        variable_measure={v.name: v.measure.value for v in part.variables},
        variable_format={v.name: FORMATS[v.kind] for v in coded},
    )
    with path.open("r+b") as file:
        file.seek(WRITTEN_AT)
        file.write(EARLIEST)


def _values(variable: Variable, wording: Wording) -> dict[float, str]:
    reasons = {reason.number: words for reason, words in wording.reasons(variable).items()}
    labelled = {**wording.values(variable), **reasons}
    return {float(value): clipped(words, VALUE_LABEL_BYTES) for value, words in labelled.items()}


def _series(variable: Variable, column: list[Cell]) -> pl.Series:
    if variable.is_text:
        return _texts(variable, column)
    if variable.is_moment:
        stored = [_moment(cell) for cell in column]
    else:
        numbers = cast("list[float | Missing | None]", column)
        stored = [float(cell.number) if isinstance(cell, Missing) else cell for cell in numbers]
    return pl.Series(variable.name, stored, dtype=pl.Float64)


def _texts(variable: Variable, column: list[Cell]) -> pl.Series:
    texts = pl.Series(variable.name, column, dtype=pl.String)
    longest = texts.str.len_bytes().max()
    if isinstance(longest, int) and longest > TEXT_BYTES:
        raise LongText(
            gettext_noop(
                "An answer to %(variable)s has %(bytes)s bytes; SPSS holds %(most)s. "
                "Take Stata, Parquet or CSV."
            ),
            variable=variable.name,
            bytes=longest,
            most=TEXT_BYTES,
        )
    return texts


def _moment(cell: Cell) -> float | None:
    """Without a reason for a gap: a number would be a day in 1550 for who does not look."""
    if isinstance(cell, datetime):
        return (cell - BEGINNING).total_seconds()
    if isinstance(cell, date):
        return (cell - BEGINNING.date()).days * DAY_S
    return None


FORMAT = Format("sav", frame, write)
