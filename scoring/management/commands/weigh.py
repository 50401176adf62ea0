"""`manage.py weigh`: make weights in stages, and let the indicators use them."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from scoring import pipeline, schemes, weights
from surveys.errors import SurveyError
from surveys.fieldwork import current_wave
from surveys.management.arguments import find_survey


class Command(BaseCommand):
    help = "Adjust weights for non-response, rake them to margins, trim them; shows every stage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument("--name", required=True, help="what the new weights are called")
        parser.add_argument(
            "--margins", metavar="FILE.json", help='such as {"a3": {"f": 830000, "m": 1397000}}'
        )
        parser.add_argument("--base", default="", metavar="NAME", help="weights to start from")
        parser.add_argument("--no-trim", action="store_false", dest="is_trimmed")

    def handle(
        self,
        *,
        survey: str,
        name: str,
        margins: str | None,
        base: str,
        is_trimmed: bool,
        **_: object,
    ) -> None:
        try:
            found = find_survey(survey)
            known = json.loads(Path(margins).read_text("utf-8")) if margins else {}
            scheme = schemes.find(found)
            version = weights.make(
                scheme, current_wave(found), name, known, base=base, is_trimmed=is_trimmed
            )
        except (SurveyError, OSError, json.JSONDecodeError) as error:
            raise CommandError(str(error)) from error
        for stage in version.stages:
            numbers = {key: value for key, value in stage.items() if key != "name"}
            words = "  ".join(f"{key} {value:,.6g}" for key, value in numbers.items())
            self.stdout.write(f"{stage['name']:10} {words}")
        for each in found.schemes.all():
            for _step in pipeline.steps(each):
                pass
