"""`import_responses FILE.csv --questionnaire ID`: interviews from a table, all or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.errors import SurveyError
from surveys.imports.responses import Report, errors_table, import_responses
from surveys.imports.table import read_table
from surveys.management.arguments import find_questionnaire, find_survey
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Import interviews from a CSV file whose columns are the questions' names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--questionnaire", required=True, metavar="ID", help="form id")
        parser.add_argument("--survey", metavar="CODE", help="where the form id is used twice")
        parser.add_argument(
            "--partial", action="store_true", help="store good rows, write bad ones to a file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        survey = find_survey(options["survey"]) if options["survey"] else None
        questionnaire = find_questionnaire(options["questionnaire"], survey)
        path: Path = options["file"]
        try:
            table = read_table(path.read_bytes(), questionnaire)
            report = import_responses(questionnaire, table, partial=options["partial"])
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        self._tell(report)
        if report.faults and options["partial"]:
            errors = path.with_suffix(".errors.csv")
            errors.write_text(errors_table(report), encoding="utf-8-sig")
            raise CommandError(f"{len(report.bad_rows)} rows were left out: see {errors}.")
        if report.faults:
            raise CommandError("Nothing was stored. Correct the rows above, or use --partial.")

    def _tell(self, report: Report) -> None:
        for fault in sorted(report.faults, key=lambda fault: fault.number):
            column = f", {fault.column}" if fault.column else ""
            self.stderr.write(f"Row {fault.number}{column}: {in_words(fault.reason)}")
        self.stdout.write(
            f"{len(report.table.rows)} rows: {report.stored} stored, "
            f"{report.repeated} stored before, {len(report.bad_rows)} wrong."
        )
