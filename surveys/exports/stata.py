"""Stata: labels, value labels, and `.d` don't know, `.r` refused, `.n` does not apply, `.u` unreadable."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import cast

import polars as pl
import pyreadstat

from surveys.exports import dta
from surveys.exports.clipping import clipped
from surveys.exports.parts import Format, Part
from surveys.exports.wording import Wording
from surveys.variables.missing import Missing
from surveys.variables.variable import Cell, Kind, Variable

BEGINNING = datetime(1960, 1, 1)  # noqa: DTZ001 - the clock on the wall
LABEL_BYTES = 320  # 80 characters
VALUE_LABEL_BYTES = 32_000
STATA = 14  # whose files later versions open too
FORMATS = {Kind.DATE: "%td", Kind.DATETIME: "%tc", Kind.INTEGER: "%10.0g", Kind.CHOICE: "%10.0g"}
REASONS = {reason: dta.gap(reason.letter) for reason in Missing}


def frame(variables: Sequence[Variable], columns: Sequence[list[Cell]]) -> pl.DataFrame:
    return pl.DataFrame(list(map(_series, variables, columns)))


def write(path: Path, part: Part, wording: Wording) -> None:
    """Stata 14 or later opens it. Texts that are longer than 2,045 bytes become `strL`."""
    with_reasons = dta.gaps_in(part.frame)
    pyreadstat.write_dta(
        dta.without_gaps(part.frame),
        path,
        column_labels=[_label(wording.label(variable)) for variable in part.variables],
        version=STATA,
        variable_value_labels={
            variable.name: _values(variable, wording, with_reasons=variable.name in with_reasons)
            for variable in part.variables
            if not variable.is_text
        },
        variable_format={v.name: FORMATS[v.kind] for v in part.variables if v.kind in FORMATS},
    )
    dta.finish(path, part.frame)


def _label(text: str) -> str:
    return clipped(text if len(text) <= 80 else f"{text[:79]}…", LABEL_BYTES)


def _values(variable: Variable, wording: Wording, *, with_reasons: bool) -> dict[int | float, str]:
    labelled = wording.values(variable)
    if with_reasons:
        reasons = wording.reasons(variable).items()
        labelled |= {dta.gap_code(reason.letter): words for reason, words in reasons}
    return {value: clipped(words, VALUE_LABEL_BYTES) for value, words in labelled.items()}


def _series(variable: Variable, column: list[Cell]) -> pl.Series:
    if variable.is_text:
        return pl.Series(variable.name, column, dtype=pl.String)
    if variable.is_moment:
        stored = [_moment(cell) for cell in column]
    else:
        numbers = cast("list[float | Missing | None]", column)
        stored = [REASONS[cell] if isinstance(cell, Missing) else cell for cell in numbers]
    return pl.Series(variable.name, stored, dtype=pl.Float64)


def _moment(cell: Cell) -> float | None:
    if isinstance(cell, Missing):
        return REASONS[cell]
    if isinstance(cell, datetime):
        return (cell - BEGINNING).total_seconds() * 1000
    if isinstance(cell, date):
        return float((cell - BEGINNING.date()).days)
    return None


FORMAT = Format("dta", frame, write)
