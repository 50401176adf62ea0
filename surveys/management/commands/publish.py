"""`publish FILE.xlsx --survey CODE`: the upload page's service on the console."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys import questionnaires
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey
from surveys.wording import in_words
from surveys.xforms.xform import UnsupportedForm


class Command(BaseCommand):
    help = "Publish an XLSForm workbook (.xlsx) as a new version of a questionnaire."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--survey", required=True, metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        survey = find_survey(options["survey"])
        workbook = read_workbook(options["file"])
        try:
            version = questionnaires.publish(workbook, survey)
        except UnsupportedForm as error:
            faults = "\n".join(f"  {fault.path}: {in_words(fault)}" for fault in error.faults)
            raise CommandError(f"The form cannot be published:\n{faults}") from error
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        form = questionnaires.form_of(version)
        languages = ", ".join(language.name for language in form.languages)
        self.stdout.write(
            f"Published {form.form_id} {form.version} in {survey.code}: "
            f"{questionnaires.count_questions(form)} questions, {languages}."
        )


def read_workbook(path: Path) -> bytes:
    if path.suffix.lower() != ".xlsx":
        raise CommandError(f"{path} is no .xlsx file. Save the form as .xlsx and try again.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
