"""A CSV file as a table of one questionnaire's answers."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO

from surveys.errors import SurveyError, gettext_noop
from surveys.exports.columns import layout_of
from surveys.imports.repeats import is_place
from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.questionnaires import form_of
from surveys.xforms.definition import FormDef

ID_COLUMN = "interview_id"
ERRORS_COLUMN = "errors"  # of a file that an import gave back: read by people, not by us
FIRST_ROW = 2  # row numbers as a spreadsheet shows them: the header is row 1


class TableError(SurveyError):
    """A file that is no table of this questionnaire's answers."""

    status = 422


@dataclass(frozen=True)
class Table:
    """A file's columns as headed, and its rows by their number: each column to text."""

    columns: tuple[str, ...]
    rows: Mapping[int, Mapping[str, str]]


def read_table(content: bytes, questionnaire: Questionnaire) -> Table:
    """The rows of a CSV file. Raises TableError for unknown columns, naming the nearest known."""
    lines = csv_lines(content)
    headed = tuple(name.strip() for name in lines[0])
    known = (ID_COLUMN, *paths_of(form_of(open_version(questionnaire)), headed))
    require_known(headed, (*known, ERRORS_COLUMN))
    columns = tuple(name for name in headed if name in known)
    rows = {
        number: {name: row[name] for name in columns} for number, row in _rows(headed, lines[1:])
    }
    return Table(columns, rows)


def csv_lines(content: bytes) -> list[list[str]]:
    """The cells of a CSV file, its headings first. Raises TableError."""
    try:
        lines = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise not_utf8() from error
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


def _rows(
    columns: Sequence[str], lines: Sequence[Sequence[str]]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, cells in enumerate(lines, start=FIRST_ROW):
        if not any(cells):
            continue
        if len(cells) > len(columns):
            raise TableError(
                gettext_noop("Row %(row)s has %(cells)s cells, but there are %(columns)s columns."),
                row=number,
                cells=len(cells),
                columns=len(columns),
            )
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        yield number, dict(zip(columns, (cell.strip() for cell in padded), strict=True))


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


def open_version(questionnaire: Questionnaire) -> QuestionnaireVersion:
    """The version that takes answers now. Raises TableError where there is none."""
    if questionnaire.current is None:
        raise TableError(gettext_noop("This questionnaire has no published version yet."))
    if questionnaire.state == Questionnaire.State.CLOSED:
        raise TableError(gettext_noop("This questionnaire is closed. Open it and try again."))
    return questionnaire.current


def paths_of(form: FormDef, columns: Iterable[str] = ()) -> dict[str, str]:
    """Column name -> absolute place: short names as exports use them, and full ones; of `columns`,
    those that name a question in a repeat by its place.
    """
    asked = {column.name: column.key for column in layout_of([form], with_people=True).columns}
    repeated = (name for name in columns if is_place(form, name))
    keys = {key: key for key in (*asked.values(), *repeated)} | asked
    return {name: f"/{form.blank.name}/{key}" for name, key in keys.items()}
