"""`manage.py verify_package FILE`: is a package what its lists say?"""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from surveys.errors import SurveyError
from surveys.exports.manifest import faults_in
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Check every file of a package against its manifest and its checksums."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_: object) -> None:
        try:
            faults = [in_words(fault) for fault in faults_in(file)]
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError("The package is not what it was.")
        self.stdout.write("Every file of the package is what its lists say.")
