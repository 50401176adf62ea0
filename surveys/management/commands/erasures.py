"""`manage.py erasures FILE`: everything that was erased, kept outside the database and done again."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from surveys.backups import erasures, making
from surveys.errors import SurveyError
from surveys.wording import in_words


class Command(BaseCommand):
    help = (
        "Write what was ever erased into a file: ids and checksums, no answer. With --again, erase "
        "what such a file lists, after an older backup was put back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--again", action="store_true")

    def handle(self, *, file: Path, again: bool, **_: object) -> None:
        try:
            self.stdout.write(erased_again(file) if again else written(file))
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error


def written(file: Path) -> str:
    return f"{making.write_erasures(file)} erasures written."


def erased_again(file: Path) -> str:
    with file.open(encoding="utf-8") as lines:
        again = erasures.do_again(lines)
    return f"{again.erased} interviews erased again, {again.noted} noted as erased."
