"""A scheme document out of a workbook, with everything that is wrong with it at once."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from scoring.maths.document import SchemeError
from scoring.maths.scheme import parse_scheme
from scoring.workbooks.groups import read_disaggregations, read_implied
from scoring.workbooks.indicators import read_indicators
from scoring.workbooks.settings import Settings, check_missing, head_of, read_settings, rules_of
from scoring.workbooks.sheets import Reading, SchemeBook, book_of, check_sheets, has_scheme
from scoring.workbooks.standards import read_core_contents, read_standards, read_weights
from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import ERROR, Cell, Finding
from surveys.xforms.table import JUDGING
from surveys.xforms.workbook import FormError

T = TypeVar("T")

SHEETS: Mapping[str, str] = {  # part of the document -> the sheet whose rows it has
    "items": JUDGING,
    "standards": "standards",
    "core_contents": "core_contents",
    "disaggregations": "disaggregation",
    "implied": "implied",
}


@dataclass(frozen=True)
class Judgement:
    """What a workbook says about judging answers; all but the findings is blank where it is wrong.

    `weightings` are the headings by name, the default one first. `questions` are those that must be
    asked once an interview.
    """

    findings: tuple[Finding, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    weightings: Mapping[str, Cell] = field(default_factory=dict)
    form_id: str = ""
    questions: frozenset[str] = frozenset()


def read_judgement(workbook: bytes) -> Judgement:
    """The scheme in a workbook; nothing where it has no sheet `indicators`, or is no workbook."""
    try:
        book = book_of(workbook) if has_scheme(workbook) else None
    except FormError:  # which whoever reads the form says already
        return Judgement()
    if book is None or book.form.survey is None:
        return Judgement()
    findings, document = _exhausted(_read(book))
    if not _has_errors(findings):
        findings += _last_word(book, document)
    if _has_errors(findings):
        return Judgement(tuple(findings))
    default = document["default_weights"]
    headings = sorted(_headings(book).items(), key=lambda pair: pair[0] != default)
    form_id = book.form.setting("form_id")
    return Judgement(tuple(findings), document, dict(headings), form_id, _questions(document))


def _questions(document: Mapping[str, Any]) -> frozenset[str]:
    scheme = parse_scheme(document)
    divided = (by.source for by in scheme.disaggregations if not by.is_design_column)
    return scheme.questions.union(divided)


def _has_errors(findings: list[Finding]) -> bool:
    return any(finding.severity == ERROR for finding in findings)


def _exhausted(reading: Generator[Finding, None, T]) -> tuple[list[Finding], T]:
    """All findings of a reading, and its value."""
    found: list[Finding] = []
    while True:
        try:
            found.append(next(reading))
        except StopIteration as end:
            return found, end.value


def _read(book: SchemeBook) -> Reading[dict[str, Any]]:
    yield from check_sheets(book)
    settings = yield from read_settings(book)
    yield from check_missing(book, settings)
    standards = yield from read_standards(book)
    core_contents = yield from read_core_contents(book, standards)
    names = [standard["name"] for standard in standards]
    weights = yield from read_weights(book, names)
    items = yield from read_indicators(
        book,
        names,
        [core["name"] for core in core_contents],
        settings.values["missing_codes"],
    )
    implied = yield from read_implied(book, [item["name"] for item in items])
    disaggregations = yield from read_disaggregations(book)
    default = yield from _default(settings, weights)
    return {
        **head_of(book, settings),
        "standards": standards,
        "weights": weights,
        "default_weights": default,
        "core_contents": core_contents,
        **rules_of(settings, min(map(len, weights.values()), default=1)),
        **({"implied": implied} if implied else {}),
        "disaggregations": disaggregations,
        "items": items,
    }


def _default(settings: Settings, weights: Mapping[str, object]) -> Reading[str]:
    """The weighting that is meant where nobody names one: the first, unless another is said."""
    said = settings.values.get("default_weights", "")
    if said and weights and said not in weights:
        yield settings.cells["default_weights"].error(
            "unknown-name",
            gettext_noop("The sheet `%(sheet)s` has no `%(name)s`."),
            sheet="weights",
            name=said,
        )
    return said or next(iter(weights), "")


def _headings(book: SchemeBook) -> dict[str, Cell]:
    sheet = book.sheets["weights"]
    return {c.heading: sheet.heading(c) for c in sheet.columns if not c.key}


def _last_word(book: SchemeBook, document: Mapping[str, Any]) -> Reading[None]:
    """What the parser of schemes still refuses, in the cell that it means."""
    for name in document["weights"]:
        try:
            parse_scheme(document, weights=name)
        except SchemeError as error:
            cell = _cell_of(book, str(error.params.get("place", "")))
            finding = cell.error("scheme", error.message, at=None, **error.params)
            yield replace(finding, params={**error.params, "place": finding.place})
            return


def _cell_of(book: SchemeBook, place: str) -> Cell:
    """The cell behind a place such as `/items/3/cutoff` or `/validity/min_standards`."""
    part, _, rest = place.strip("/").partition("/")
    number, _, key = rest.partition("/")
    if part in SHEETS and number.isdigit():
        rows = book.rows(SHEETS[part])
        row = rows[int(number)] if int(number) < len(rows) else None
        return row[key] or row["name"] if row else Cell(SHEETS[part])
    rows = tuple(row for row in book.rows("scheme") if row.name in (part, number))
    return rows[0]["value"] if rows else Cell("scheme" if "scheme" in book.sheets else "")
