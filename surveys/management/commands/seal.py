"""`manage.py seal`: what is stored in clear and must not be, sealed with the key of its interview."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from surveys import jobs, resealing
from surveys.keys import store
from surveys.models import Job
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Seal interviews of an earlier release, and answers that were tagged since. See docs/erasure.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--begin-anew",
            action="store_true",
            help="the keys are lost for good: go on with new ones; what the old ones sealed is lost",
        )

    def handle(self, *, begin_anew: bool, **_: object) -> None:
        if begin_anew:
            store.made()
        for questionnaire in resealing.waiting().select_related("survey"):
            job = resealing.request(questionnaire)
            jobs.run(job.pk)
            job.refresh_from_db()
            if job.state != Job.State.DONE:
                raise CommandError(in_words(job.failure))
            self.stdout.write(f"{questionnaire}: {job.done:,} interviews.")
        self.stdout.write("Everything is sealed that is to be.")
