"""`manage.py restore FILE`: a backup put back into an empty installation."""

from argparse import ArgumentParser
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from surveys.backups import keyring, restoring
from surveys.backups.making import ERASURES
from surveys.backups.restoring import Restored
from surveys.errors import SurveyError
from surveys.management.commands.decrypt import key_from
from surveys.management.commands.erasures import erased_again
from surveys.wording import in_words

NOTHING = "Name a backup; or, with --keys, a file of keys."
NO_LIST = (
    "What was erased since this backup was made must be erased again. Name the newest list that "
    "`manage.py erasures` wrote with --erasures; only where nothing was ever erased, say "
    "--without-erasures."
)
UNREADABLE = (
    "%d interviews cannot be read: their keys are not here. Put the newest keys back, with --keys, or "
    "name them in KEYS_URL; or they were erased, and the list of erasures is older than that."
)
NO_KEYS = "The keys are not back: %s Run `manage.py restore --keys %s`."
NOT_ERASED = "The backup is put back, but not everything was erased again: %s Run `manage.py erasures --again %s`."


class Command(BaseCommand):
    help = "Put a backup back into an empty installation, and check it. See docs/recovery.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a backup; none for keys alone")
        parser.add_argument("--key", metavar="PRIVATE.PEM", help="of a sealed backup; - is stdin")
        parser.add_argument(
            "--erasures",
            type=Path,
            metavar="FILE",
            help=f"what was erased, newest list; {ERASURES} beside the backup if not said",
        )
        parser.add_argument("--without-erasures", action="store_true")
        parser.add_argument(
            "--keys",
            type=Path,
            metavar="FILE",
            help="the newest keys of interviews; not needed where KEYS_URL names those that are in use",
        )

    def handle(
        self,
        *,
        file: Path | None,
        key: str | None,
        erasures: Path | None,
        without_erasures: bool,
        keys: Path | None,
        **_: object,
    ) -> None:
        first = file or keys
        if first is None:
            raise CommandError(NOTHING)
        listed = None if without_erasures else erasures or first.parent / ERASURES
        if listed and not listed.is_file():
            raise CommandError(NO_LIST)
        private = key_from(key) if key else None
        try:
            if keys:
                keyring.prepare(keys, private)  # before anything changes, as a backup is read
            restored = restoring.restore(file, private, say=self.stdout.write) if file else None
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        failure = self.put_back(keys, private) if keys else ""
        if listed:
            self.erase_again(listed)
        if restored:
            self.stdout.write("\n".join(next_steps(restored)))
        if not (restored and restored.to_migrate) and (lost := keyring.unreadable()):
            self.stdout.write(UNREADABLE % lost)
        if failure:
            raise CommandError(failure)

    def put_back(self, keys: Path, private: RSAPrivateKey | None) -> str:
        """After the backup, as erasures must follow; they do so also if this fails. Returns what failed."""
        try:
            self.stdout.write(f"{keyring.restore(keys, private)} keys are back.")
        except (SurveyError, DatabaseError) as error:
            return NO_KEYS % (error, keys)
        return ""

    def erase_again(self, listed: Path) -> None:
        try:
            self.stdout.write(erased_again(listed))
        except SurveyError as error:
            raise CommandError(NOT_ERASED % (in_words(error), listed)) from error


def next_steps(restored: Restored) -> list[str]:
    """What is left to do, in order."""
    manifest = restored.manifest
    steps = [f"Everything of {manifest.made_at} is back."]
    if manifest.missing_count:
        steps.append(f"{manifest.missing_count} files were missing then already.")
    if restored.to_migrate:
        steps.append("This release is newer: run `manage.py migrate`.")
    if not restored.is_same_key:
        steps.append(
            "SECRET_KEY is another one: everybody signs in again. Put back the old .env if you have it."
        )
    steps += [f"Check: `manage.py verify --survey {code}`." for code in manifest.surveys]
    return steps
