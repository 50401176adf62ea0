"""Interviews from a table: each row becomes instance XML and comes in like any other interview."""

import csv
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO

from django.db import transaction

from surveys import submissions
from surveys.errors import SurveyError
from surveys.imports.judging import DEVICE, OWN_ID, Judge, Judged, Told
from surveys.imports.table import ERRORS_COLUMN, ID_COLUMN, Table, open_version, paths_of
from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.submissions import Receipt, Sender, UnsatisfiedForm
from surveys.wording import in_words
from surveys.xforms.instance import read_instance


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


def _checked(
    questionnaire: Questionnaire, version: QuestionnaireVersion, report: Report
) -> Iterator[tuple[int, bytes, Sender]]:
    """The new rows without a fault, as number, instance XML and sender; the others noted."""
    judge = Judge.of(version)
    paths = paths_of(judge.form, report.table.columns)
    for number, told, instance_id in _new_rows(report, paths, _imported_before(questionnaire)):
        judged = judge.judge(told, instance_id)
        faults = list(_named(judged, number, paths))
        if judged.sender is not None and not faults:
            yield number, judged.xml, judged.sender
        report.faults += faults


def _imported_before(questionnaire: Questionnaire) -> set[str]:
    imported = questionnaire.submissions.filter(device=DEVICE)
    return set(imported.values_list("instance_id", flat=True))


def _new_rows(
    report: Report, paths: Mapping[str, str], stored: Collection[str]
) -> Iterator[tuple[int, Told, str]]:
    """The rows to look at, with the id of each; those imported before are only counted."""
    seen = Counter[str]()
    for number, row in report.table.rows.items():
        answers = {paths[name]: text for name, text in row.items() if name in paths and text}
        told = Told(answers, own_id=row.get(ID_COLUMN, ""))
        seen[told.digest] += 1
        instance_id = told.id_of(seen[told.digest])
        if not told.own_id and instance_id in stored:
            report.repeated += 1
        else:
            yield number, told, instance_id


def _named(judged: Judged, number: int, paths: Mapping[str, str]) -> Iterator[RowFault]:
    """The faults of a row with the columns of the file, in their order; of the whole row last."""
    columns = {place: name for name, place in paths.items()} | {OWN_ID: ID_COLUMN}
    order = {place: at for at, place in enumerate([*columns, ""])}
    for fault in sorted(judged.faults, key=lambda fault: order.get(fault.place, len(order) - 1)):
        yield RowFault(number, columns.get(fault.place, fault.place), fault.reason)


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
