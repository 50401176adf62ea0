"""What all tables that people bring have in common: a first row that names the columns."""

import csv
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from io import StringIO

from surveys.errors import SurveyError, gettext_noop
from surveys.imports.encodings import text_of

ERRORS_COLUMN = "errors"  # of a file that an import gave back: read by people, not by us
FIRST_ROW = 2  # row numbers as a spreadsheet shows them: the header is row 1


class TableError(SurveyError):
    """A file that is no table of what it should hold."""

    status = 422


def csv_rows(content: bytes) -> list[list[str]]:
    """The cells of a CSV file, its headings first. Raises TableError."""
    text = text_of(content)
    if text is None:
        raise not_utf8()
    try:
        lines = list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise no_csv(error) from error
    if not lines or not any(lines[0]):
        raise empty()
    return lines


def not_utf8() -> TableError:
    return TableError(
        gettext_noop("The file is not UTF-8 text. Save it as “CSV UTF-8” and try again.")
    )


def no_csv(error: csv.Error) -> TableError:
    return TableError(gettext_noop("The file is no CSV table: %(detail)s"), detail=error)


def empty() -> TableError:
    return TableError(gettext_noop("The file is empty. Its first row must name the columns."))


def require_known(columns: Sequence[str], known: Sequence[str]) -> None:
    """Raises TableError for columns without a name, there twice, or unknown, with the nearest."""
    require_distinct(columns)
    unknown = [_with_nearest(name, known) for name in columns if name not in known]
    if unknown:
        raise TableError(
            gettext_noop("These columns are not known here: %(columns)s."),
            columns=", ".join(unknown),
        )


def require_distinct(columns: Sequence[str]) -> None:
    """Raises TableError for columns without a name or there twice."""
    if "" in columns:
        raise TableError(
            gettext_noop("Column %(number)s has no name. Name it or delete it."),
            number=columns.index("") + 1,
        )
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise TableError(
            gettext_noop("These columns are there twice: %(columns)s."), columns=", ".join(twice)
        )


def _with_nearest(name: str, known: Sequence[str]) -> str:
    nearest = get_close_matches(name, known, n=1)
    return f"{name} ({nearest[0]}?)" if nearest else name
