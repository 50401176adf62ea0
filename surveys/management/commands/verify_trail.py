"""`verify_trail`: proof that nobody rewrote who saw, changed and took away what."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from surveys import trail
from surveys.models import TrailEntry, TrailSeal
from surveys.wording import in_words


class Command(BaseCommand):
    help = (
        "Compute the chain of seals again. Ends with an error, and says where, if an entry or a seal was "
        "changed, removed or added. Keep the last line elsewhere: with `--expect` it shows that no end "
        "was cut off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="NUMBER:DIGEST",
            help="a seal of an earlier run, which must be there",
        )

    def handle(self, *, expect: str | None, **_: object) -> None:
        broken = list(trail.verify())
        for found in broken:
            self.stdout.write(in_words(found))
        if broken:
            raise CommandError("The trail is not what was sealed.")
        if expect and not _is_there(expect):
            raise CommandError("The seal that you expect is not in the trail: its end was cut off.")
        last = TrailSeal.objects.first()
        self.stdout.write(f"{TrailEntry.objects.count()} entries; the chain holds. The last seal:")
        self.stdout.write(f"{last.number}:{last.digest}" if last else "none yet")


def _is_there(expected: str) -> bool:
    number, _, digest = expected.partition(":")
    return number.isdecimal() and TrailSeal.objects.filter(number=number, digest=digest).exists()
