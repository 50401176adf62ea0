"""`manage.py backup FOLDER`: the database and all files that it names, in one file."""

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from surveys.backups import making
from surveys.backups.envelope import read_public_key
from surveys.errors import SurveyError
from surveys.wording import in_words

LEFT_OUT = (
    "Not in it: .env with SECRET_KEY and other keys. Keep those elsewhere; "
    "static files, queue, cache and logs are made again."
)
IN_CLEAR = (
    "It is not sealed: who has the file reads every answer. Seal it with --seal-for, or encrypt it."
)
MISSING = "%s files that the database names were not in storage, such as %s: see the manifest."


class Command(BaseCommand):
    help = "Write a backup into a folder, while everything runs. See docs/recovery.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--seal-for",
            type=Path,
            metavar="PUBLIC.PEM",
            help="an RSA public key; only its private key, kept elsewhere, opens the backup",
        )
        parser.add_argument(
            "--keep", type=int, metavar="DAYS", help="then delete backups there that are older"
        )

    def handle(self, *, folder: Path, seal_for: Path | None, keep: int | None, **_: object) -> None:
        now = timezone.now()
        try:
            key = read_public_key(seal_for) if seal_for else None
            made = making.make(folder, now=now, key=key)
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        rows, size_mb = sum(made.manifest.rows.values()), made.path.stat().st_size / 1e6
        self.stdout.write(
            f"{made.path}: {rows} rows, {made.manifest.files} files, {size_mb:.1f} MB."
        )
        self.stdout.write(LEFT_OUT if key else f"{LEFT_OUT}\n{IN_CLEAR}")
        for path in making.expire(folder, now=now, keep=timedelta(days=keep)) if keep else ():
            self.stdout.write(f"Deleted {path.name}.")
        if made.manifest.missing:
            first = made.manifest.missing[0]
            raise CommandError(MISSING % (made.manifest.missing_count, first))
