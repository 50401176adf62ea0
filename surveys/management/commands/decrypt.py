"""`decrypt --survey CODE --key private.pem`: encrypted interviews are opened, and count."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys import decryption
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey
from surveys.models import Submission
from surveys.wording import in_words
from surveys.xforms.encryption import PrivateKey, read_private_key


class Command(BaseCommand):
    help = (
        "Decrypt the encrypted interviews of a survey. The private key is read, used and forgotten: "
        "it is neither stored nor logged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument(
            "--key",
            required=True,
            metavar="FILE",
            help="The private RSA key; - reads it from stdin.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        survey = find_survey(options["survey"])
        key = key_from(options["key"])
        waiting = list(decryption.waiting_in(survey).values_list("pk", flat=True))
        failed = [pk for pk in waiting if not self._decrypt(pk, key)]
        self.stdout.write(
            f"{len(waiting) - len(failed)} of {len(waiting)} encrypted interviews decrypted "
            f"in {survey.code}."
        )
        if failed:
            verbs = "stays encrypted and does" if len(failed) == 1 else "stay encrypted and do"
            raise CommandError(f"{len(failed)} {verbs} not count; see above why.")

    def _decrypt(self, pk: int, key: PrivateKey) -> bool:
        submission = Submission.objects.get(pk=pk)
        try:
            receipt, is_signed = decryption.decrypt(submission, key)
        except SurveyError as error:
            self.stdout.write(f"{submission.instance_id}: {in_words(error)}")
            return False
        if receipt.missing:
            verb = "has" if receipt.missing == 1 else "have"
            self.stdout.write(
                f"{submission.instance_id}: {receipt.missing} of its files {verb} not arrived yet."
            )
        elif not is_signed:
            self.stdout.write(f"{submission.instance_id}: the device did not sign it.")
        return True


def key_from(name: str) -> PrivateKey:
    """The key in a file or on stdin. Raises CommandError without a word of what it holds."""
    try:
        pem = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
    is_locked = b"ENCRYPTED" in pem and name != "-"
    password = getpass("Password of the key: ").encode() if is_locked else None
    try:
        return read_private_key(pem, password)
    except SurveyError as error:
        raise CommandError(in_words(error)) from error
