"""Interviews from a table: each row becomes instance XML and comes in like any other interview."""

import csv
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import StringIO

from django.db import transaction
from django.utils import timezone

from surveys import fieldwork, submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Problem
from surveys.formlogic.tree import Element
from surveys.imports.repeats import make_room
from surveys.imports.table import ERRORS_COLUMN, ID_COLUMN, Table, open_version, paths_of
from surveys.models import Questionnaire, QuestionnaireVersion, Site, User
from surveys.questionnaires import environment_of, form_of
from surveys.submissions import Receipt, Sender, UnsatisfiedForm
from surveys.wording import in_words
from surveys.xforms.definition import FormDef, without_places
from surveys.xforms.evaluation import evaluate
from surveys.xforms.filling import settle
from surveys.xforms.instance import (
    blank_instance,
    fill,
    find,
    read_instance,
    set_meta,
    without_controls,
    write_instance,
)

DEVICE = "import"
NAMESPACE = uuid.UUID("5f1ea5d5-0000-5000-8000-000000000006")
WHY = {
    "required": gettext_noop("It needs an answer."),
    "constraint": gettext_noop("The form does not allow %(value)s here."),
    "type": gettext_noop("%(value)s is not of the question's type."),
    "choice": gettext_noop("%(value)s is not one of the choices."),
    "irrelevant": gettext_noop("It does not apply to this person; leave it empty."),
}


class RowError(SurveyError):
    """A row that names somebody or something that is not here."""

    status = 422


@dataclass(frozen=True)
class RowFault:
    """Why a row was not taken: its number in the file, the column or blank, the reason."""

    number: int
    column: str
    reason: SurveyError

    def __str__(self) -> str:
        reason = in_words(self.reason)
        return f"{self.column}: {reason}" if self.column else reason


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


def import_responses(
    questionnaire: Questionnaire, table: Table, *, partial: bool = False
) -> Report:
    """Check every row, then store all or, with `partial`, the good ones.

    One wrong row keeps all rows out unless `partial`; the report lists every fault either way.
    Repeating changes nothing: rows that were imported before are known by their content, also
    after the form changed. Only a row with an id of its own must be the same interview to the byte.
    """
    report = Report(table)
    good = list(_checked(questionnaire, open_version(questionnaire), report))
    if report.faults and not partial:
        return report
    with transaction.atomic():
        for number, xml, sender in good:
            _store(questionnaire, number, xml, sender, report)
        if report.faults and not partial:
            report.stored = 0
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


@dataclass(frozen=True)
class Roster:
    """The survey's sites by code and people by name, read once for all rows."""

    sites: Mapping[str, Site]
    people: Mapping[str, User]
    is_assigned: Callable[[User, Site], bool]


def _roster(questionnaire: Questionnaire) -> Roster:
    sites = Site.objects.filter(survey=questionnaire.survey_id)
    people = User.objects.filter(memberships__survey=questionnaire.survey_id)
    return Roster(
        {site.code: site for site in sites},
        {person.username: person for person in people},
        cache(fieldwork.is_assigned),
    )


def _checked(
    questionnaire: Questionnaire, version: QuestionnaireVersion, report: Report
) -> Iterator[tuple[int, bytes, Sender]]:
    """The new rows without a fault, as number, instance XML and sender; the others noted."""
    form, environment = form_of(version), environment_of(version, timezone.localtime())
    paths, roster = paths_of(form, report.table.columns), _roster(questionnaire)
    for number, row, instance_id in _new_rows(report, _imported_before(questionnaire)):
        answers = {paths[name]: text for name, text in row.items() if name in paths and text}
        root = _instance(form, answers, instance_id, environment)
        faults = [
            *_cell_faults(row, number),
            *_answer_faults(form, root, answers, number, paths, environment),
        ]
        try:
            sender = _sender(roster, form, root)
        except SurveyError as error:
            faults.append(RowFault(number, "", error))
        else:
            if not faults:
                yield number, write_instance(root), sender
        report.faults += faults


def _imported_before(questionnaire: Questionnaire) -> set[str]:
    imported = questionnaire.submissions.filter(device=DEVICE)
    return set(imported.values_list("instance_id", flat=True))


def _new_rows(
    report: Report, stored: Collection[str]
) -> Iterator[tuple[int, Mapping[str, str], str]]:
    """The rows to look at, with the id of each; those imported before are only counted."""
    seen = Counter[str]()
    for number, row in report.table.rows.items():
        own_id = row.get(ID_COLUMN)
        instance_id = own_id or _id_by_content(row, seen)
        if not own_id and instance_id in stored:
            report.repeated += 1
        else:
            yield number, row, instance_id


def _id_by_content(row: Mapping[str, str], seen: Counter[str]) -> str:
    """An id that the same row gets again; equal rows of one file are different people."""
    content = repr(sorted((name, text) for name, text in row.items() if text))
    seen[content] += 1
    return f"uuid:{uuid.uuid5(NAMESPACE, f'{content} {seen[content]}')}"


def _instance(
    form: FormDef, answers: Mapping[str, str], instance_id: str, environment: Environment
) -> Element:
    root = blank_instance(form)
    make_room(form, root, answers)
    fill(root, answers)
    settle(form, root, environment)
    set_meta(root, "instanceID", instance_id)
    return root


def _cell_faults(row: Mapping[str, str], number: int) -> Iterator[RowFault]:
    for name, text in row.items():
        if without_controls(text) != text:
            reason = RowError(gettext_noop("It holds an invisible character. Type it again."))
            yield RowFault(number, name, reason)


def _answer_faults(
    form: FormDef,
    root: Element,
    answers: Mapping[str, str],
    number: int,
    paths: Mapping[str, str],
    environment: Environment,
) -> Iterator[RowFault]:
    columns = {place: name for name, place in paths.items()}  # in the order of the form
    found = (*evaluate(form, root, environment).problems, *_cleared(form, root, answers))
    by_place = {problem.path: problem for problem in found}
    for place in [*filter(by_place.get, columns), *(by_place.keys() - columns.keys())]:
        problem = by_place[place]
        message = WHY.get(problem.kind, gettext_noop("%(value)s breaks a rule of the form."))
        reason = RowError(message, value=answers.get(problem.path, ""))
        yield RowFault(number, columns.get(problem.path, problem.path), reason)


def _cleared(form: FormDef, root: Element, answers: Mapping[str, str]) -> Iterator[Problem]:
    """The choices of the row that the form does not offer there, and has blanked."""
    for place, text in answers.items():
        question, element = form.by_path.get(without_places(place)), find(root, place)
        if question is None or element is None or not question.is_select:
            continue
        if question.chosen(element.text) != question.chosen(text):
            yield Problem(place, "choice")


def _sender(roster: Roster, form: FormDef, root: Element) -> Sender:
    """The enumerator whom the row names. Raises RowError for strangers and unknown places."""
    texts = {element.path(): element.text for element in root.iter()}
    site = _site(roster, texts.get(form.roles.get("site", ""), ""))
    name = texts.get(form.roles.get("enumerator", ""), "")
    if not name:
        return Sender(None, DEVICE, must_satisfy=True)
    person = roster.people.get(name)
    if person is None:
        raise RowError(gettext_noop("Nobody called %(name)s works in this survey."), name=name)
    if not roster.is_assigned(person, site):
        raise RowError(
            gettext_noop("Site %(site)s is not assigned to %(name)s."), site=site.code, name=name
        )
    return Sender(person, DEVICE, must_satisfy=True)


def _site(roster: Roster, code: str) -> Site:
    if not code:
        raise RowError(gettext_noop("The row names no site."))
    if code not in roster.sites:
        raise RowError(gettext_noop("This survey has no site %(site)s."), site=code)
    return roster.sites[code]


def errors_table(report: Report) -> str:
    """The rows that were not taken, as CSV with a last column that says why; read back as it is."""
    reasons: dict[int, list[str]] = {}
    for fault in report.faults:
        reasons.setdefault(fault.number, []).append(str(fault))
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow([*report.table.columns, ERRORS_COLUMN])
    for number in report.bad_rows:
        row = report.table.rows[number]
        writer.writerow([*row.values(), "; ".join(reasons[number])])
    return lines.getvalue()
