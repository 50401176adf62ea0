"""`manage.py verify`: is everything stored what it would be if computed again?"""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from scoring import verification
from surveys.management.arguments import find_survey


class Command(BaseCommand):
    help = "Recompute a survey from its interviews as sent and print what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")

    def handle(self, *, survey: str, **_: object) -> None:
        found = 0
        for difference in verification.differences(find_survey(survey)):
            self.stdout.write(str(difference))
            found += 1
        if found:
            raise CommandError(f"{found} differences.")
        self.stdout.write("Stored and recomputed are the same.")
