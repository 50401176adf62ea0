"""The codebook of an order: counted while its interviews are read, told in both of our languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.codebooks.codebook import Chapter, Codebook, Entry
from surveys.codebooks.ddi import ddi_of
from surveys.codebooks.questions import Questions
from surveys.codebooks.tally import Scalar, Tally
from surveys.exports.catalogue import Order, languages_of
from surveys.exports.rows import Page
from surveys.exports.sinks import TableCells, Written
from surveys.exports.tables import Table
from surveys.exports.watermark import Mark, day_given
from surveys.exports.wording import REASONS, Wording, nearest
from surveys.models import Survey
from surveys.variables.missing import Missing
from surveys.variables.variable import Kind

KINDS: Mapping[Kind, str | Promise] = {
    Kind.TEXT: gettext_lazy("text"),
    Kind.INTEGER: gettext_lazy("whole number"),
    Kind.DECIMAL: gettext_lazy("number"),
    Kind.DATE: gettext_lazy("date"),
    Kind.DATETIME: gettext_lazy("date and time"),
    Kind.CHOICE: gettext_lazy("one of several choices"),
    Kind.FLAG: gettext_lazy("chosen (1) or not (0)"),
}


class Tallies:
    """Every variable of the tables counted, a page of rows at a time."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tallies = [[Tally(variable) for variable in table.variables] for table in tables]
        self.rows = [0] * len(tables)

    def take(self, _: Page, cells: TableCells) -> None:
        for number, columns in enumerate(cells):
            self.rows[number] += len(columns[0])
            for tally, column in zip(self._tallies[number], columns, strict=True):
                tally.add(column)

    def finish(self) -> list[Written]:
        return []

    def of(self, number: int) -> list[Tally]:
        return self._tallies[number]


def codebook_of(order: Order, tables: Sequence[Table], counted: Tallies, mark: Mark) -> Codebook:
    forms, terms = order.forms, order.terms
    questions, languages = Questions(forms), languages_of(order.questionnaire) or {"": ""}
    chapters = [
        Chapter(
            table.name,
            counted.rows[number],
            [_entry(tally, questions, list(languages)) for tally in counted.of(number)],
        )
        for number, table in enumerate(tables)
    ]
    return Codebook(
        survey=order.survey.name,
        title=order.questionnaire.title,
        form_id=order.questionnaire.form_id,
        languages=languages,
        versions=tuple(form.version for form in reversed(forms)),
        chapters=chapters,
        digest=mark.digest,
        first_day=day_given(mark.first_received, terms),
        last_day=day_given(mark.last_received, terms),
    )


def _entry(tally: Tally, questions: Questions, languages: Sequence[str]) -> Entry:
    variable = tally.variable
    labels = {language: Wording(language).label(variable) for language in languages}
    asked = questions.asked(variable.key) if variable.key else None
    return Entry(variable, labels, tally.summary(), asked)


def written_codebook(
    survey: Survey, book: Codebook, files: Mapping[str, Sequence[str]]
) -> dict[str, bytes]:
    """The codebook's files by name: a page in each of our languages, and DDI."""
    pages = {
        f"codebook-{code}.html": _page(survey, book, code, files)
        for code, _name in settings.LANGUAGES
    }
    reasons = {language: _reasons(language) for language in book.languages}
    return {
        **{name: page.encode() for name, page in pages.items()},
        "codebook-ddi.xml": ddi_of(book, reasons, files),
    }


def _reasons(language: str) -> dict[Missing, str]:
    with translation.override(nearest(language)):
        return {reason: _(words) for reason, words in REASONS.items()}


def _page(survey: Survey, book: Codebook, ours: str, files: Mapping[str, Sequence[str]]) -> str:
    """In one of our languages; the form's words first in the nearest of its own."""
    with translation.override(ours):
        short = ours.split("-")[0]
        near = [code for code in book.languages if code.split("-")[0].lower() == short]
        first = (near or list(book.languages))[0]
        chapters = [
            {
                "name": chapter.name,
                "rows": chapter.rows,
                "files": files.get(chapter.name, ()),
                "entries": [_shown(entry, book, first) for entry in chapter.entries],
            }
            for chapter in book.chapters
        ]
        context = {
            "book": book,
            "survey": survey,
            "chapters": chapters,
            "language": ours,
            "first": first,
        }
        return render_to_string("surveys/codebook/codebook.html", context)


@dataclass(frozen=True)
class Line:
    """A value or gap with its words and how many rows have it; `share` is of the valid, in percent."""

    code: str
    name: str
    words: str
    others: Sequence[str]
    count: int
    share: float | None = None


def _shown(entry: Entry, book: Codebook, first: str) -> dict[str, Any]:
    variable, asked, summary = entry.variable, entry.asked, entry.summary
    others = [code for code in book.languages if code != first]
    return {
        "name": variable.name,
        "key": variable.key,
        "kind": KINDS[variable.kind],
        "label": entry.labels.get(first, ""),
        "others": [(book.languages[code], entry.labels[code]) for code in others],
        "words": _differing(asked.words, entry.labels, book) if asked else (),
        "hints": list(asked.hints.values()) if asked else (),
        "asked": asked,
        "messages": list(asked.messages.values()) if asked else (),
        "all_versions": asked is None or asked.versions == book.versions,
        "valid": summary.valid,
        "rows": summary.rows,
        "values": list(_values(entry, first, others)),
        "gaps": list(_gaps(entry, first)),
        "numbers": list(_numbers(entry)),
        "is_rounded": summary.spread is not None and summary.spread.is_rounded,
    }


def _differing(
    words: Mapping[str, str], labels: Mapping[str, str], book: Codebook
) -> list[tuple[str, str]]:
    """The question's own words where the label is not just these."""
    return [
        (book.languages[code], text)
        for code, text in words.items()
        if text != labels.get(code) and code in book.languages
    ]


def _values(entry: Entry, first: str, others: Sequence[str]) -> Iterator[Line]:
    valid = entry.summary.valid or 1
    if entry.variable.kind is Kind.FLAG:
        for code, count in entry.summary.counts.items():
            yield Line(f"{code:g}", "", "", (), count, 100 * count / valid)
    for value in entry.variable.values:
        count = entry.summary.count(value.code)
        words = value.labels.get(first) or value.name
        further = [value.labels.get(code, "") for code in others]
        yield Line(str(value.code), value.name, words, further, count, 100 * count / valid)


def _gaps(entry: Entry, first: str) -> Iterator[Line]:
    for reason, count in entry.summary.missing.items():
        if reason is None:
            yield Line(".", "", _("No answer, or not asked in this version"), (), count)
        else:
            said = entry.variable.unsaid.get(reason, {})
            words = said.get(first) or _(REASONS[reason])
            yield Line(f".{reason.letter}", str(reason.number), words, (), count)


def _numbers(entry: Entry) -> Iterator[tuple[str, str]]:
    spread = entry.summary.spread
    if spread is None:
        return
    told: list[tuple[str, Scalar | None]] = [
        (_("Least"), spread.least),
        (_("Lower quartile"), spread.lower),
        (_("Median"), spread.median),
        (_("Upper quartile"), spread.upper),
        (_("Most"), spread.most),
        (_("Mean"), spread.mean),
    ]
    yield from ((title, _number(value)) for title, value in told if value is not None)


def _number(value: Scalar) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else f"{value:,.6g}"
