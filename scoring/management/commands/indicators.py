"""`manage.py indicators`: the published estimates of a survey, at full precision."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping

from django.core.management.base import BaseCommand, CommandError

from scoring import estimates, schemes
from scoring.management.output import print_lines
from scoring.maths.scheme import TAKEN_BY
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey
from surveys.wording import in_words


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
            if by:
                schemes.require_division(found, by, besides=TAKEN_BY)
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        rows = estimates.rows_of(found, by)
        if as_json:
            print_lines(self.stdout, [json.dumps(rows, indent=1, ensure_ascii=False)])
        else:
            print_lines(self.stdout, map(_line, rows))


def _line(row: Mapping[str, object]) -> str:
    return "\t".join("" if value is None else str(value) for value in row.values())
