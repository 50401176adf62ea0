"""Rows that are not taken, as a file: as they came, with why, to be mended and uploaded again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from surveys.errors import SurveyError
from surveys.exports.csv import csv_lines
from surveys.exports.repeats import place_of
from surveys.imports.batches import State, headings, in_slices, meaning_of
from surveys.imports.mapping import Meaning
from surveys.imports.table import ERRORS_COLUMN
from surveys.models import ImportBatch, ImportRow
from surveys.wording import in_words

AT_ONCE = 500


def faults_of(row: ImportRow) -> list[tuple[str, str]]:
    """The column and what is wrong with it, in words."""
    return [(name, in_words(SurveyError(said, **params))) for name, said, params in row.faults]


def faults_table(batch: ImportBatch) -> Iterator[str]:
    """CSV, line by line: the file's columns, those of further tables under the places of answers, and
    a last one that says why.
    """
    faulty = batch.rows.filter(state=State.FAULTY)
    meaning, heads = meaning_of(batch), headings(batch)
    places: dict[str, None] = {}
    for rows in in_slices(faulty.exclude(linked=[]), AT_ONCE):
        for row in rows:
            places.update(dict.fromkeys(_linked(row, meaning, heads)))
    rows_of_texts = (
        _texts(row, meaning, heads, list(places))
        for rows in in_slices(faulty, AT_ONCE)
        for row in rows
    )
    own = [name for name in heads[0] if name != ERRORS_COLUMN]
    return csv_lines([*own, *places, ERRORS_COLUMN], rows_of_texts)


def _texts(
    row: ImportRow, meaning: Meaning, heads: Sequence[Sequence[str]], places: Sequence[str]
) -> list[str]:
    linked = _linked(row, meaning, heads)
    pairs = zip(heads[0], row.cells, strict=True)
    own = [text for name, text in pairs if name != ERRORS_COLUMN]
    why = "; ".join(f"{name}: {said}" if name else said for name, said in faults_of(row))
    return [*own, *(linked.get(place, "") for place in places), why]


def _linked(row: ImportRow, meaning: Meaning, heads: Sequence[Sequence[str]]) -> Mapping[str, str]:
    """The cells of a row's instances that are imported, by the places of answers."""
    found: dict[str, str] = {}
    linked: Sequence[tuple[int, str, Sequence[Any]]] = row.linked
    for table, instance, cells in linked:
        if not meaning.repeats[table]:
            continue
        for name, text in zip(heads[table], cells, strict=True):
            target = meaning.rules[table][name].target
            if target and not target.choice and target.part is None:
                found[place_of(target.key, instance)] = text
    return found
