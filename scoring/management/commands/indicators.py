"""`manage.py indicators`: the published estimates of a survey, at full precision."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from scoring import estimates, schemes
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey


class Command(BaseCommand):
    help = "Print a survey's indicators."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument("--scheme", default="", metavar="NAME")
        parser.add_argument("--by", default="", metavar="DIM")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, survey: str, scheme: str, by: str, as_json: bool, **_: object) -> None:
        try:
            found = schemes.find(find_survey(survey), scheme)
        except SurveyError as error:
            raise CommandError(str(error)) from error
        rows = estimates.rows_of(found, by)
        if as_json:
            self.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write("\t".join("" if v is None else str(v) for v in row.values()))
