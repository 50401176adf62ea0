"""Parquet: typed columns, choices by name, labels in the file's metadata, reasons of gaps beside."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from surveys.exports.parts import Format, Part
from surveys.exports.wording import Wording
from surveys.variables.missing import Missing
from surveys.variables.variable import Cell, Kind, Variable

REASONS = "_missing"  # a column, which no variable is called: {"hours": "not_applicable"}
METADATA = "variables"
CELLS_A_GROUP = 500_000
TYPES: Mapping[Kind, Any] = {
    Kind.TEXT: pl.String,
    Kind.INTEGER: pl.Int64,
    Kind.DECIMAL: pl.Float64,
    Kind.DATE: pl.Date,
    Kind.DATETIME: pl.Datetime("us"),
    Kind.CHOICE: pl.String,
    Kind.FLAG: pl.Int8,
}


def frame(variables: Sequence[Variable], columns: Sequence[list[Cell]]) -> pl.DataFrame:
    return pl.DataFrame([*map(_series, variables, columns), _reasons(variables, columns)])


def write(path: Path, part: Part, wording: Wording) -> None:
    described = [_described(variable, wording) for variable in part.variables]
    metadata = {METADATA: json.dumps(described, ensure_ascii=False)}
    part.frame.rechunk().write_parquet(path, metadata=metadata)


def join(parts: Sequence[Path], path: Path) -> None:
    """One file of several, which are read one after the other. Two become a group: what a file notes of
    its groups is kept until the end.
    """
    described = pl.read_parquet_metadata(parts[0])[METADATA]
    rows = pl.scan_parquet(parts[0]).select(pl.len()).collect().item()

    def read(*_narrowed: object) -> Iterator[pl.DataFrame]:
        return map(pl.read_parquet, parts)

    whole = register_io_source(read, schema=pl.read_parquet_schema(parts[0]))
    whole.sink_parquet(path, metadata={METADATA: described}, row_group_size=2 * rows)


def _series(variable: Variable, column: list[Cell]) -> pl.Series:
    values = column if variable.is_text else variable.plains.column(column)
    return pl.Series(variable.name, values, dtype=TYPES[variable.kind])


def _reasons(variables: Sequence[Variable], columns: Sequence[list[Cell]]) -> pl.Series:
    """Why cells of a row are empty, as JSON, where there are reasons."""
    found: list[dict[str, str]] = [{} for _ in columns[0]]
    for variable, column in zip(variables, columns, strict=True):
        for at, cell in enumerate(column if variable.key else ()):
            if isinstance(cell, Missing):
                found[at][variable.name] = cell.word
    return pl.Series(REASONS, [json.dumps(row) if row else None for row in found], dtype=pl.String)


def _described(variable: Variable, wording: Wording) -> dict[str, Any]:
    return {
        "name": variable.name,
        "question": variable.key,
        "label": wording.label(variable),
        "kind": variable.kind.value,
        "choices": {value.name: wording.choice(value) for value in variable.values},
    }


FORMAT = Format("parquet", frame, write, CELLS_A_GROUP, join)
