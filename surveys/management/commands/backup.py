"""`manage.py backup FOLDER`: the database and all files that it names, in one file."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from surveys.backups import keyring, making
from surveys.backups.envelope import read_public_key
from surveys.errors import SurveyError
from surveys.wording import in_words

LEFT_OUT = (
    "Not in it: .env with SECRET_KEY and other keys, and the keys of interviews, without which no "
    "answer that names somebody can be read. Keep those elsewhere; "
    "static files, queue, cache and logs are made again."
)
KEYS_KEPT = 2  # days
IN_CLEAR = (
    "It is not sealed: who has the file reads every answer. Seal it with --seal-for, or encrypt it."
)
NO_KEYS = (
    "The keys of interviews were not written. Name a folder with --keys: if they are lost, so are the "
    "interviews."
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
        parser.add_argument(
            "--keys",
            type=Path,
            metavar="FOLDER",
            help="where to write the keys of interviews, apart",
        )
        parser.add_argument(
            "--keep-keys",
            type=int,
            default=KEYS_KEPT,
            metavar="DAYS",
            help=f"then delete files of keys that are older, {KEYS_KEPT} if not said: for so long an "
            "erased interview can be brought back",
        )

    def handle(
        self,
        *,
        folder: Path,
        seal_for: Path | None,
        keep: int | None,
        keys: Path | None,
        keep_keys: int,
        **_: object,
    ) -> None:
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
        if keys:
            self._keys(keys, key, now, timedelta(days=keep_keys))
        else:
            self.stdout.write(NO_KEYS)
        if made.manifest.missing:
            first = made.manifest.missing[0]
            raise CommandError(MISSING % (made.manifest.missing_count, first))

    def _keys(self, folder: Path, key: RSAPublicKey | None, now: datetime, keep: timedelta) -> None:
        try:
            path, count = keyring.make(folder, now=now, key=key)
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        self.stdout.write(f"{path}: {count} keys.")
        for old in making.expire(folder, now=now, keep=keep, suffix=keyring.SUFFIX):
            self.stdout.write(f"Deleted {old.name}.")
