"""`import_responses FILE --questionnaire ID`: interviews from a file, all or none."""

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.errors import SurveyError
from surveys.imports.batches import State
from surveys.imports.faults import commonest, faults_of, faults_table, unanswered
from surveys.imports.unattended import Outcome, import_file
from surveys.management.arguments import find_questionnaire, find_survey
from surveys.models import ImportBatch
from surveys.wording import in_words

SHOWN = 20  # rows with a fault; the page has all


class Command(BaseCommand):
    help = "Import interviews from a file, as the page “Imports” does, where they can be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, Excel, Stata, SPSS, Parquet or ZIP")
        parser.add_argument("--questionnaire", required=True, metavar="ID", help="form id")
        parser.add_argument("--survey", metavar="CODE", help="where the form id is used twice")
        parser.add_argument(
            "--partial", action="store_true", help="store good rows, write bad ones to a file"
        )
        parser.add_argument(
            "--leave-out", action="store_true", help="leave out columns that mean nothing here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        survey = find_survey(options["survey"]) if options["survey"] else None
        questionnaire = find_questionnaire(options["questionnaire"], survey)
        path: Path = options["file"]
        is_partial, leave_out = options["partial"], options["leave_out"]
        try:
            outcome = import_file(questionnaire, path, partial=is_partial, leave_out=leave_out)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        self._tell(outcome)
        if not outcome.faulty:
            return
        if not is_partial:
            raise CommandError(
                "Nothing was stored. Correct the rows above, use --partial, or say in the office, "
                f"under Imports, what the columns of “{outcome.batch}” mean."
            )
        errors = path.with_suffix(".errors.csv")
        errors.write_text("".join(faults_table(outcome.batch)), encoding="utf-8")
        raise CommandError(f"{outcome.faulty} rows were left out: see {errors}.")

    def _tell(self, outcome: Outcome) -> None:
        for one in commonest(outcome.batch, unanswered(outcome.batch)):
            self.stderr.write(f"Often ({one.count} rows), {one.column or 'row'}: {one.why}")
        for line in _faults(outcome.batch):
            self.stderr.write(line)
        if outcome.faulty > SHOWN:
            self.stderr.write(f"and {outcome.faulty - SHOWN} more rows.")
        self.stdout.write(
            f"{sum(outcome.counts.values())} rows: {outcome.stored} stored, "
            f"{outcome.known} stored before, {outcome.faulty} wrong."
        )


def _faults(batch: ImportBatch) -> list[str]:
    """The first rows with a fault, a line a fault."""
    rows, words = batch.rows.filter(state=State.FAULTY).order_by("number"), unanswered(batch)
    return [
        f"Row {row.number}{f', {column}' if column else ''}: {why}"
        for row in islice(rows.iterator(), SHOWN)
        for column, why in faults_of(row, words)
    ]
