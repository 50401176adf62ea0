"""CSV as people save it becomes rows: any usual separator and encoding, bad rows named."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO

from surveys.errors import gettext_noop
from surveys.xforms.datatable import DataTable, require_fitting
from surveys.xforms.xlsform import FormError

SEPARATORS = ",;\t"
MAX_NAMED = 5  # bad rows that a message lists


def table_from_csv(name: str, content: bytes) -> DataTable:
    """Rows under a header. Raises FormError in the words of the fault."""
    lines = _lines(name, _decoded(name, content))
    header = [cell.strip() for cell in next(lines, [])]
    columns = _columns(name, header)
    rows, too_wide = [], []
    for number, row in enumerate(lines, start=2):
        if any(map(str.strip, row[len(header) :])):
            too_wide.append(str(number))
        if any(map(str.strip, row)):
            rows.append(tuple(row[at].strip() if at < len(row) else "" for at in columns))
            require_fitting(name, len(columns), len(rows))
    _require_none(name, too_wide)
    return DataTable(tuple(columns.values()), rows)


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


def _lines(name: str, text: str) -> Iterator[list[str]]:
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from lines
    except csv.Error as error:
        raise FormError(
            gettext_noop("%(name)s, line %(line)s: a quote has no twin, or a cell has no end."),
            name=name,
            line=lines.line_num,
        ) from error


def _columns(name: str, header: Sequence[str]) -> dict[int, str]:
    """Column names by place; columns without a name are left out."""
    require_fitting(name, sum(map(bool, header)), 0)
    columns = {place: cell for place, cell in enumerate(header) if cell}
    if not columns:
        raise FormError(gettext_noop("%(name)s has no header row."), name=name)
    twins = sorted(cell for cell, count in Counter(columns.values()).items() if count > 1)
    if twins:
        raise FormError(
            gettext_noop("%(name)s has the column %(column)s twice."), name=name, column=twins[0]
        )
    return columns


def _require_none(name: str, too_wide: Sequence[str]) -> None:
    """Raises FormError naming the rows with more cells than the header has."""
    if too_wide:
        listed = [*too_wide[:MAX_NAMED], *["…"] * (len(too_wide) > MAX_NAMED)]
        raise FormError(
            gettext_noop(
                "%(name)s: these rows have more cells than the header: %(rows)s. "
                "Put cells that contain a separator between quotes."
            ),
            name=name,
            rows=", ".join(listed),
        )
