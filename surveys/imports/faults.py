"""Rows that are not taken, as a file: as they came, with why, to be mended and uploaded again."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from surveys.errors import SurveyError
from surveys.exports.csv import csv_lines
from surveys.exports.repeats import place_of
from surveys.imports.batches import State, headings, in_slices, meaning_of
from surveys.imports.mapping import Meaning
from surveys.imports.table import ERRORS_COLUMN
from surveys.models import ImportBatch, ImportRow
from surveys.questionnaires import form_of
from surveys.wording import in_words
from surveys.xforms.instance import relative

AT_ONCE = 500
LOOKED_AT = 1000  # rows with a fault, for what is wrong most often
MOST_COMMON = 8
MOST_OF_LABEL = 60  # characters; the name is before it


def faults_of(row: ImportRow, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """The column and what is wrong with it, in words; `words` are those of `unanswered`."""
    return [
        (words.get(name, name), in_words(SurveyError(said, **params)))
        for name, said, params in row.faults
    ]


@dataclass(frozen=True)
class Common:
    """A fault that many rows have: its column, what is wrong in the first of them, how many."""

    column: str
    why: str
    count: int


def commonest(batch: ImportBatch, words: Mapping[str, str]) -> list[Common]:
    """What is wrong most often, in the first rows with a fault: a column that means something else shows
    there at once. One query.
    """
    faulty = batch.rows.filter(state=State.FAULTY).order_by("number")
    first: dict[tuple[str, str], Mapping[str, Any]] = {}
    found = Counter[tuple[str, str]]()
    for faults in faulty.values_list("faults", flat=True)[:LOOKED_AT]:
        for name, said, params in faults:
            first.setdefault((name, said), params)
            found[name, said] += 1
    return [
        Common(words.get(name, name), in_words(SurveyError(said, **first[name, said])), count)
        for (name, said), count in found.most_common(MOST_COMMON)
        if count > 1
    ]


def unanswered(batch: ImportBatch) -> Mapping[str, str]:
    """What questions are called that no column is headed like, by their keys: a fault of one of them
    has no column that could be named.
    """
    form = form_of(batch.version)
    language = form.language_for(get_language() or "")
    heads = {name for heading in headings(batch) for name in heading}
    named = {
        relative(question.path): (question.name, form.text(question.labels, language))
        for question in form.questions
    }
    return {
        key: f"{name} ({' '.join(label.split())[:MOST_OF_LABEL]})"
        for key, (name, label) in named.items()
        if label and key not in heads
    }


def faults_table(batch: ImportBatch) -> Iterator[str]:
    """CSV, line by line: the file's columns, those of further tables under the places of answers, and
    a last one that says why.
    """
    faulty = batch.rows.filter(state=State.FAULTY)
    meaning, heads, words = meaning_of(batch), headings(batch), unanswered(batch)
    places: dict[str, None] = {}
    for rows in in_slices(faulty.exclude(linked=[]), AT_ONCE):
        for row in rows:
            places.update(dict.fromkeys(_linked(row, meaning, heads)))
    rows_of_texts = (
        _texts(row, meaning, heads, list(places), words)
        for rows in in_slices(faulty, AT_ONCE)
        for row in rows
    )
    own = [name for name in heads[0] if name != ERRORS_COLUMN]
    return csv_lines([*own, *places, ERRORS_COLUMN], rows_of_texts)


def _texts(
    row: ImportRow,
    meaning: Meaning,
    heads: Sequence[Sequence[str]],
    places: Sequence[str],
    words: Mapping[str, str],
) -> list[str]:
    linked = _linked(row, meaning, heads)
    pairs = zip(heads[0], row.cells, strict=True)
    own = [text for name, text in pairs if name != ERRORS_COLUMN]
    why = "; ".join(f"{name}: {said}" if name else said for name, said in faults_of(row, words))
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
