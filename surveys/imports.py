"""Interviews from a table: each row becomes instance XML and comes in like any other interview."""

import csv
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO

from django.db import transaction
from django.utils import timezone

from surveys import fieldwork, submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.columns import layout_of
from surveys.formlogic.evaluation import Environment
from surveys.formlogic.tree import Element
from surveys.models import Questionnaire, Site, User
from surveys.questionnaires import form_of
from surveys.submissions import Receipt, Sender, UnsatisfiedForm
from surveys.xforms.definition import FormDef
from surveys.xforms.evaluation import evaluate
from surveys.xforms.instance import blank_instance, fill, read_instance, set_meta, write_instance

ID_COLUMN = "interview_id"
DEVICE = "import"
NAMESPACE = uuid.UUID("5f1ea5d5-0000-5000-8000-000000000006")
FIRST_ROW = 2  # row numbers as a spreadsheet shows them: the header is row 1
WHY = {
    "required": gettext_noop("It needs an answer."),
    "constraint": gettext_noop("The form does not allow %(value)s here."),
    "type": gettext_noop("%(value)s is not of the question's type."),
    "choice": gettext_noop("%(value)s is not one of the choices."),
    "irrelevant": gettext_noop("It does not apply to this person; leave it empty."),
}


class TableError(SurveyError):
    """A file that is no table of this questionnaire's answers."""

    status = 422


class RowError(SurveyError):
    """A row that names somebody or something that is not here."""

    status = 422


@dataclass(frozen=True)
class Table:
    """A file's columns as headed, and its rows by their number: each column to text."""

    columns: tuple[str, ...]
    rows: Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class RowFault:
    """Why a row was not taken: its number in the file, the column or blank, the reason."""

    number: int
    column: str
    reason: SurveyError

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else str(self.reason)


@dataclass
class Report:
    """What became of a file. `stored` is 0 where one wrong row kept all out."""

    table: Table
    stored: int = 0
    repeated: int = 0
    faults: list[RowFault] = field(default_factory=list)

    @property
    def bad_rows(self) -> list[int]:
        return sorted({fault.number for fault in self.faults})


def read_table(content: bytes, questionnaire: Questionnaire) -> Table:
    """The rows of a CSV file. Raises TableError for unknown columns, naming the nearest known."""
    try:
        lines = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise TableError(
            gettext_noop("The file is not UTF-8 text. Save it as “CSV UTF-8” and try again.")
        ) from error
    except csv.Error as error:
        raise TableError(
            gettext_noop("The file is no CSV table: %(detail)s"), detail=error
        ) from error
    if not lines or not any(lines[0]):
        raise TableError(gettext_noop("The file is empty. Its first row must name the columns."))
    columns = tuple(name.strip() for name in lines[0])
    require_known(columns, (ID_COLUMN, *_paths(_form(questionnaire))))
    return Table(columns, dict(_rows(columns, lines[1:])))


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
    """Raises TableError for columns that are there twice or unknown, with the nearest known."""
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise TableError(
            gettext_noop("These columns are there twice: %(columns)s."), columns=", ".join(twice)
        )
    unknown = [_with_nearest(name, known) for name in columns if name not in known]
    if unknown:
        raise TableError(
            gettext_noop("These columns are not known here: %(columns)s."),
            columns=", ".join(unknown),
        )


def _with_nearest(name: str, known: Sequence[str]) -> str:
    nearest = get_close_matches(name, known, n=1)
    return f"{name} ({nearest[0]}?)" if nearest else name or "(no name)"


def _form(questionnaire: Questionnaire) -> FormDef:
    if questionnaire.current is None:
        raise TableError(gettext_noop("This questionnaire has no published version yet."))
    if questionnaire.state == Questionnaire.State.CLOSED:
        raise TableError(gettext_noop("This questionnaire is closed. Open it and try again."))
    return form_of(questionnaire.current)


def _paths(form: FormDef) -> dict[str, str]:
    """Column name -> absolute path: short names as exports use them, and full ones."""
    asked = {column.name: column.key for column in layout_of([form], with_people=True).columns}
    keys = {key: key for key in asked.values()} | asked
    root = next(iter(form.binds)).path.split("/")[1]
    return {name: f"/{root}/{key}" for name, key in keys.items()}


def import_responses(
    questionnaire: Questionnaire, table: Table, *, partial: bool = False
) -> Report:
    """Check every row, then store all or, with `partial`, the good ones. Repeating changes nothing.

    One wrong row keeps all rows out unless `partial`; the report lists every fault either way.
    """
    form = _form(questionnaire)
    report = Report(table)
    good = list(_checked(questionnaire, form, report))
    if report.faults and not partial:
        return report
    with transaction.atomic():
        for number, xml, sender in good:
            _store(questionnaire, number, xml, sender, report)
        if report.faults and not partial:
            report.stored = report.repeated = 0
            transaction.set_rollback(True)
    return report


def _store(
    questionnaire: Questionnaire, number: int, xml: bytes, sender: Sender, report: Report
) -> None:
    try:
        receipt = submissions.receive(read_instance(xml), questionnaire.survey, sender)
    except UnsatisfiedForm as error:
        report.faults.append(RowFault(number, "", error))
    except SurveyError as error:
        report.faults.append(RowFault(number, ID_COLUMN, error))
    else:
        _count(report, receipt)


def _count(report: Report, receipt: Receipt) -> None:
    if receipt.created:
        report.stored += 1
    else:
        report.repeated += 1


def _checked(
    questionnaire: Questionnaire, form: FormDef, report: Report
) -> Iterator[tuple[int, bytes, Sender]]:
    """The rows without a fault, as number, instance XML and sender; the others' faults noted."""
    paths, seen = _paths(form), Counter[str]()
    for number, row in report.table.rows.items():
        root = blank_instance(form)
        fill(root, {paths[name]: text for name, text in row.items() if name in paths})
        form.logic.recalculate(root, Environment(now=timezone.localtime()))
        set_meta(root, "instanceID", _instance_id(row, seen))
        faults = list(_answer_faults(form, root, number, paths))
        try:
            sender = _sender(questionnaire, form, root)
        except SurveyError as error:
            faults.append(RowFault(number, "", error))
        else:
            if not faults:
                yield number, write_instance(root), sender
        report.faults += faults


def _instance_id(row: Mapping[str, str], seen: Counter[str]) -> str:
    """The row's own id, or one that the same row gets again: a repeated import stores nothing."""
    if row.get(ID_COLUMN):
        return row[ID_COLUMN]
    content = repr(sorted((name, text) for name, text in row.items() if text))
    seen[content] += 1
    return f"uuid:{uuid.uuid5(NAMESPACE, f'{content} {seen[content]}')}"


def _answer_faults(
    form: FormDef, root: Element, number: int, paths: Mapping[str, str]
) -> Iterator[RowFault]:
    columns = {path: name for name, path in paths.items()}
    texts = {element.path(): element.text for element in root.iter()}
    for problem in evaluate(form, root, Environment(now=timezone.localtime())).problems:
        message = WHY.get(problem.kind, gettext_noop("%(value)s breaks a rule of the form."))
        reason = RowError(message, value=texts.get(problem.path, ""))
        yield RowFault(number, columns.get(problem.path, problem.path), reason)


def _sender(questionnaire: Questionnaire, form: FormDef, root: Element) -> Sender:
    """The enumerator whom the row names. Raises RowError for strangers and unknown places."""
    texts = {element.path(): element.text for element in root.iter()}
    site = _site(questionnaire, texts.get(form.roles.get("site", ""), ""))
    name = texts.get(form.roles.get("enumerator", ""), "")
    if not name:
        return Sender(None, DEVICE, must_satisfy=True)
    person = User.objects.filter(username=name, memberships__survey=questionnaire.survey).first()
    if person is None:
        raise RowError(gettext_noop("Nobody called %(name)s works in this survey."), name=name)
    if not fieldwork.is_assigned(person, site):
        raise RowError(
            gettext_noop("Site %(site)s is not assigned to %(name)s."), site=site.code, name=name
        )
    return Sender(person, DEVICE, must_satisfy=True)


def _site(questionnaire: Questionnaire, code: str) -> Site:
    site = Site.objects.filter(survey=questionnaire.survey, code=code).first()
    if site is None:
        raise RowError(gettext_noop("This survey has no site %(site)s."), site=code or "(blank)")
    return site


def errors_table(report: Report) -> str:
    """The rows that were not taken, as CSV with a last column `errors` that says why."""
    reasons: dict[int, list[str]] = {}
    for fault in report.faults:
        reasons.setdefault(fault.number, []).append(str(fault))
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow([*report.table.columns, "errors"])
    for number in report.bad_rows:
        row = report.table.rows[number]
        writer.writerow([*row.values(), "; ".join(reasons[number])])
    return lines.getvalue()
