"""CSV as people save it becomes rows: any usual separator and encoding, bad rows named."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from surveys.errors import gettext_noop
from surveys.xforms.datatable import DataTable
from surveys.xforms.xlsform import FormError

SEPARATORS = ",;\t"
MAX_NAMED = 5  # bad rows that a message lists


def table_from_csv(name: str, content: bytes) -> DataTable:
    """Rows under a header. Raises FormError in the words of the fault."""
    text = _decoded(name, content)
    header, rows = _read(name, text)
    columns = _columns(name, header)
    _require_fitting_rows(name, len(header), rows)
    return DataTable(
        tuple(columns.values()),
        [
            tuple(row[at].strip() if at < len(row) else "" for at in columns)
            for row in rows.values()
        ],
    )


def _decoded(name: str, content: bytes) -> str:
    """UTF-8 with or without a mark, else as Chinese versions of spreadsheet programs save."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FormError(gettext_noop("%(name)s is no text. Save it as “CSV UTF-8”."), name=name)


def _read(name: str, text: str) -> tuple[list[str], dict[int, list[str]]]:
    """The header and, by their number in a spreadsheet, the rows that are not blank."""
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [cell.strip() for cell in next(lines, [])]
        rows = {n: row for n, row in enumerate(lines, start=2) if any(map(str.strip, row))}
    except csv.Error as error:
        raise FormError(
            gettext_noop("%(name)s, line %(line)s: a quote has no twin, or a cell has no end."),
            name=name,
            line=lines.line_num,
        ) from error
    return header, rows


def _columns(name: str, header: Sequence[str]) -> dict[int, str]:
    """Column names by place; columns without a name are left out."""
    columns = {place: cell for place, cell in enumerate(header) if cell}
    if not columns:
        raise FormError(gettext_noop("%(name)s has no header row."), name=name)
    twins = sorted({cell for cell in columns.values() if header.count(cell) > 1})
    if twins:
        raise FormError(
            gettext_noop("%(name)s has the column %(column)s twice."), name=name, column=twins[0]
        )
    return columns


def _require_fitting_rows(name: str, width: int, rows: Mapping[int, Sequence[str]]) -> None:
    """Raises FormError naming the rows with more cells than the header has."""
    bad = [str(number) for number, row in rows.items() if any(map(str.strip, row[width:]))]
    if bad:
        listed = bad[:MAX_NAMED] + ["…"] * (len(bad) > MAX_NAMED)
        raise FormError(
            gettext_noop(
                "%(name)s: these rows have more cells than the header: %(rows)s. "
                "Put cells that contain a separator between quotes."
            ),
            name=name,
            rows=", ".join(listed),
        )
