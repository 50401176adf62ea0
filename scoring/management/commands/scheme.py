"""`manage.py scheme`: give a survey a scoring scheme, or write one down as a workbook."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring import publishing, schemes
from scoring.maths.document import Node
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey
from surveys.models import Survey
from surveys.wording import in_words


class Command(BaseCommand):
    help = (
        "Add a scheme document, under the name of one of its weightings; or, with --to, write a "
        "scheme of the survey into a copy of its questionnaire's workbook."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE.json")
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument(
            "--weights", default="", metavar="NAME", help="the default ones otherwise"
        )
        parser.add_argument("--default", action="store_true", dest="is_default")
        parser.add_argument("--to", type=Path, metavar="FILE.xlsx")

    def handle(
        self,
        *,
        file: Path | None,
        survey: str,
        weights: str,
        is_default: bool,
        to: Path | None,
        **_: object,
    ) -> None:
        if (file is None) == (to is None):
            raise CommandError("Name a FILE.json to add, or a workbook to write --to.")
        try:
            if to is not None:
                self._write(find_survey(survey), weights, to)
            elif file is not None:
                self._add(find_survey(survey), file, weights, is_default=is_default)
        except SurveyError as error:
            raise CommandError(in_words(error)) from error

    def _add(self, survey: Survey, file: Path, weights: str, *, is_default: bool) -> None:
        document = _read(file)
        name = weights or Node(document)["default_weights"].text()
        scheme = schemes.add(survey, document, name, is_default=is_default)
        self.stdout.write(
            f"Scheme {scheme} is added; `manage.py rescore` or the worker applies it."
        )

    def _write(self, survey: Survey, weights: str, to: Path) -> None:
        scheme = schemes.find(survey, weights)
        content = publishing.workbook_of(scheme)
        try:
            to.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Scheme {scheme} of {survey.code} is in {to}.")


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {file}.") from error
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} is no JSON: {error}.") from error
