"""`manage.py verify_backup FILE`: is a backup whole, and what is in it?"""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from surveys.backups import archive
from surveys.errors import SurveyError
from surveys.management.commands.decrypt import key_from
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Read a backup from end to end and compare every part with its checksum."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", metavar="PRIVATE.PEM", help="of a sealed backup; - is stdin")

    def handle(self, *, file: Path, key: str | None, **_: object) -> None:
        try:
            manifest = archive.verify(file, key_from(key) if key else None)
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        self.stdout.write(
            f"Whole: made {manifest.made_at} on {manifest.engine} {manifest.versions['database']}, "
            f"{sum(manifest.rows.values())} rows, {manifest.files} files; "
            f"surveys: {', '.join(manifest.surveys) or 'none'}."
        )
