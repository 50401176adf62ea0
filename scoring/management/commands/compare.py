"""`manage.py compare`: the groups of a survey compared, at full precision."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from scoring import comparisons, estimates, schemes
from scoring.management.output import print_lines
from surveys.errors import SurveyError, gettext_noop
from surveys.management.arguments import find_survey
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Compare groups: their ranks, how far these can be trusted, and their differences."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument("--by", required=True, metavar="DIM")
        parser.add_argument("--scheme", default="", metavar="NAME")
        parser.add_argument("--seed", type=int, default=None, metavar="N")

    def handle(self, *, survey: str, by: str, scheme: str, seed: int | None, **_: object) -> None:
        try:
            found = schemes.find(find_survey(survey), scheme)
            schemes.require_division(found, by)
            made = estimates.latest_set(found)
            kept = comparisons.compare(made, by, seed) if made else None
            if kept is None:
                raise SurveyError(
                    gettext_noop("Fewer than two groups of “%(by)s” are published."), by=by
                )
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        found_out = json.dumps({"seed": kept.seed, **kept.findings}, indent=1)
        print_lines(self.stdout, [found_out])
