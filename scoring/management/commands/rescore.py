"""`manage.py rescore`: judge every interview of a survey again."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from rich.progress import track

from scoring import pipeline, schemes, scores
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey


class Command(BaseCommand):
    help = "Judge every interview of a survey again, and renew cells and estimates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument("--scheme", default="", metavar="NAME")

    def handle(self, *, survey: str, scheme: str, **_: object) -> None:
        try:
            found = schemes.find(find_survey(survey), scheme)
        except SurveyError as error:
            raise CommandError(str(error)) from error
        scores.withdraw(found)
        scores.expire(found)
        for _step in track(pipeline.steps(found), "Scored and estimated", total=None):
            pass
