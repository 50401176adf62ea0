"""Stata, SPSS and Parquet files, read some rows at a time: codes with labels, reasons for gaps."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pyreadstat

from surveys.errors import gettext_noop
from surveys.exports.parquet import METADATA
from surveys.exports.parquet import REASONS as REASONS_COLUMN
from surveys.imports.files.source import Column, Opened, Source
from surveys.imports.files.texts import heading
from surveys.imports.files.trial import READERS
from surveys.imports.files.workbooks import moment_text, number_text, text_of
from surveys.imports.table import FIRST_ROW, TableError
from surveys.variables.missing import Missing

Text: TypeAlias = Callable[[object], str]

CHUNK_CELLS = 200_000
SAID = {".dta": "Stata", ".sav": "SPSS", ".zsav": "SPSS"}
BY_NUMBER = {float(reason.number): f".{reason.letter}" for reason in Missing}
BY_WORD = {reason.word: f".{reason.letter}" for reason in Missing}
DAMAGED = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError, KeyError)


def open_statistics(path: Path, name: str) -> Opened:
    """A Stata or SPSS file. Raises TableError."""
    kind = path.suffix.lower()
    meta = _read(path, metadataonly=True)[1]
    if None in meta.column_names:  # what stands there is no text
        raise damaged()
    names = heading(meta.column_names)
    text = _text if kind == ".dta" else _spss_text
    columns = tuple(
        Column(one, meta.column_names_to_labels.get(one) or "", _labels(meta, one, text))
        for one in names
    )
    rows = partial(_rows, path, meta, text)
    return Opened(SAID[kind], [Source(name, columns, rows, is_coded=True, has_reasons=True)])


def _labels(meta: Any, name: str, text: Text) -> Mapping[str, str]:
    labelled = meta.variable_value_labels.get(name, {})
    return {text(code): str(words) for code, words in labelled.items()}


def _read(path: Path, **options: Any) -> tuple[Any, Any]:
    try:
        read: tuple[Any, Any] = READERS[path.suffix.lower()](
            path, user_missing=True, output_format="dict", **options
        )
    except DAMAGED as error:
        raise damaged() from error
    return read


def damaged() -> TableError:
    return TableError(
        gettext_noop("The file is damaged, or none of its kind. Save it again and try again.")
    )


def _rows(path: Path, meta: Any, text: Text) -> Iterator[tuple[int, list[str]]]:
    names = meta.column_names
    texts = [str if meta.readstat_variable_types[name] == "string" else text for name in names]
    size, offset = max(1, CHUNK_CELLS // len(names)), 0
    while True:
        columns = _read(path, row_offset=offset, row_limit=size)[0]
        read = [list(map(of, columns[name])) for name, of in zip(names, texts, strict=True)]
        found = list(zip(*read, strict=True))
        for number, row in enumerate(found, start=offset + FIRST_ROW):
            yield number, list(row)
        if len(found) < size:
            return
        offset += size


def _text(cell: object) -> str:
    """A number or a moment, or `.d` for a reason why there is none: a letter in Stata."""
    if isinstance(cell, str):
        return f".{cell}"
    if isinstance(cell, int | float):
        number = float(cell)
        return "" if math.isnan(number) else number_text(number)
    return moment_text(cell) if isinstance(cell, datetime) else text_of(cell)


def _spss_text(cell: object) -> str:
    """In SPSS a number of ours is the reason."""
    reason = BY_NUMBER.get(float(cell)) if isinstance(cell, int | float) else None
    return reason or _text(cell)


def open_parquet(path: Path, name: str) -> Opened:
    """A Parquet file. Raises TableError."""
    with _readable():
        frame = pl.scan_parquet(path)
        own = [one for one in frame.collect_schema().names() if one != REASONS_COLUMN]
        labels = _parquet_labels(path)
    columns = tuple(
        Column(text, labels.get(one, "")) for one, text in zip(own, heading(own), strict=False)
    )
    rows = partial(_parquet_rows, frame, own)
    return Opened("Parquet", [Source(name, columns, rows, has_reasons=True)])


def _parquet_labels(path: Path) -> Mapping[str, str]:
    """As our own exports write them. Raises ValueError where they say something else."""
    match json.loads(pl.read_parquet_metadata(path).get(METADATA, "[]")):
        case [*described] if all(isinstance(one, dict) for one in described):
            return {str(one.get("name")): str(one.get("label", "")) for one in described}
    raise ValueError(METADATA)


@contextmanager
def _readable() -> Iterator[None]:
    """Raises TableError for whatever is found to be damaged."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise damaged() from error


def _parquet_rows(frame: pl.LazyFrame, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    size, offset = max(1, CHUNK_CELLS // len(names)), 0
    while True:
        with _readable():
            some = frame.slice(offset, size).collect()
            read = [_parquet_cells(row, names) for row in some.iter_rows(named=True)]
        if not read:
            return
        yield from enumerate(read, start=offset + FIRST_ROW)
        offset += size


def _parquet_cells(row: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Raises ValueError where the reasons are none that our exports write."""
    reasons = json.loads(row.get(REASONS_COLUMN) or "{}")
    if not isinstance(reasons, dict):
        raise ValueError(REASONS_COLUMN)
    words = {one: BY_WORD.get(str(why), "") for one, why in reasons.items()}
    return [_parquet_text(row[one]) or words.get(one, "") for one in names]


def _parquet_text(cell: object) -> str:
    return cell if isinstance(cell, str) else _text(cell)
