"""`verify_erasure [--survey CODE]`: proof that nothing is left of interviews that were erased."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys import remains
from surveys.management.arguments import find_survey
from surveys.models import Tombstone


class Command(BaseCommand):
    help = (
        "Look through all tables and files for ids and checksums of erased interviews. Ends with an "
        "error, and says where, if anything is left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Tombstone.objects.select_related("questionnaire")
        if options["survey"]:
            rows = rows.filter(questionnaire__survey=find_survey(options["survey"]))
        erased = list(rows)
        left = remains.verify(erased)
        for remnant in left:
            self.stdout.write(str(remnant))
        if left:
            raise CommandError(f"{len(left)} remnants of {len(erased)} erased interviews.")
        counted = "1 interview" if len(erased) == 1 else f"{len(erased)} interviews"
        self.stdout.write(f"{counted} erased; nothing of them is left.")
