"""`manage.py scheme`: give a survey a scoring scheme."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from scoring import schemes
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey


class Command(BaseCommand):
    help = "Add a scheme document, under the name of one of its weightings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument("--weights", default="", metavar="NAME")
        parser.add_argument("--default", action="store_true", dest="is_default")

    def handle(
        self, *, file: Path, survey: str, weights: str, is_default: bool, **_: object
    ) -> None:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            name = weights or str(document["default_weights"])
            found = find_survey(survey)
            scheme = schemes.add(found, document, name, is_default=is_default)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise CommandError(f"{file} is not a scheme document: {error}") from error
        except SurveyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Scheme {scheme} is added; `manage.py rescore` or the worker applies it."
        )
