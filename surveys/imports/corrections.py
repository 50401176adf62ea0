"""Corrections from a file, CSV or Excel: a line an answer, with its reason."""

from collections.abc import Iterator, Mapping

from surveys.correction_batches import MOST, Line
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.csv import csv_lines, unguarded
from surveys.imports.table import ERRORS_COLUMN, FIRST_ROW, TableError, csv_rows, require_known
from surveys.models import CorrectionBatch, CorrectionRow
from surveys.wording import in_words
from surveys.xforms.cells import Limits
from surveys.xforms.package import FormError
from surveys.xforms.workbook import read_workbook

COLUMNS = ("interview_id", "question", "before", "after", "reason")
NEEDED = ("interview_id", "question", "after", "reason")
EXCEL = b"PK"
LIMITS = Limits(rows=MOST + 1, cells=10 * MOST)


def read_corrections(content: bytes) -> list[Line]:
    """The lines of a file whose first row names the columns; `before` may be left out, and `errors`
    is not read. Raises TableError.
    """
    rows = dict(_excel_rows(content) if content.startswith(EXCEL) else _text_rows(content))
    headed = tuple(name.strip().lower() for name in rows.pop(1, []))
    require_known([name for name in headed if name], (*COLUMNS, ERRORS_COLUMN))
    missing = [name for name in NEEDED if name not in headed]
    if missing:
        raise TableError(
            gettext_noop("These columns are missing: %(columns)s."), columns=", ".join(missing)
        )
    found = ((number, dict(zip(headed, cells, strict=False))) for number, cells in rows.items())
    lines = [_line(number, cells) for number, cells in found if any(cells.values())]
    if not lines:
        raise TableError(gettext_noop("The file has no line below its headings."))
    return lines


def _line(number: int, cells: Mapping[str, str]) -> Line:
    texts = {  # PostgreSQL has no NUL
        name: cells.get(name, "").replace("\x00", "").strip() for name in COLUMNS
    }
    return Line(
        number=number,
        interview=texts["interview_id"],
        question=texts["question"],
        before=texts["before"] if "before" in cells else None,
        after=texts["after"],
        reason=texts["reason"],
    )


def _text_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(csv_rows(content), start=FIRST_ROW - 1):
        yield number, list(map(unguarded, cells))


def _excel_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet that is shown."""
    try:
        names = [sheet for sheet in read_workbook(content, {}).sheets if not sheet.is_hidden]
        book = read_workbook(content, {names[0].key: LIMITS}) if names else None
    except FormError as error:
        raise TableError(error.message, **error.params) from error
    sheet = book.sheet(names[0].key) if book else None
    for number, cells in sorted(sheet.rows.items()) if sheet else ():
        yield number, [cells.get(column, "") for column in range(1, max(cells) + 1)]


def errors_table(batch: CorrectionBatch) -> str:
    """The lines with a fault, as CSV with a last column that says why; read back as they are."""
    rows = map(_given_back, batch.rows.exclude(fault="").iterator())
    return "".join(csv_lines([*COLUMNS, ERRORS_COLUMN], rows))


def _given_back(row: CorrectionRow) -> tuple[str, ...]:
    before = row.found if row.before is None else row.before
    why = in_words(SurveyError(row.fault, **row.fault_params))
    return row.interview_id_given, row.question, before, row.after, row.reason, why
