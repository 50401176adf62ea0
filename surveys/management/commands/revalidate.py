"""`manage.py revalidate --survey CODE`: judge stored interviews again by their forms."""

from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys import jobs, revalidation
from surveys.management.arguments import find_questionnaire, find_survey
from surveys.models import Job
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Judge all interviews of a questionnaire again, from their XML, by their forms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", metavar="CODE")
        parser.add_argument("--questionnaire", metavar="FORM_ID", help="where there are several")
        parser.add_argument("--processes", type=int, default=revalidation.PROCESSES)
        parser.add_argument("--span", nargs=3, type=int, help=SUPPRESS)  # of a job's own process

    def handle(self, *args: Any, **options: Any) -> None:
        if options["span"]:
            for line in revalidation.lines(*options["span"]):
                self.stdout.write(line)
                self.stdout.flush()
            return
        survey = find_survey(options["survey"]) if options["survey"] else None
        questionnaire = find_questionnaire(options["questionnaire"], survey)
        job = revalidation.request(questionnaire, None, options["processes"])
        jobs.run(job.pk)
        self._report(Job.objects.get(pk=job.pk))

    def _report(self, job: Job) -> None:
        if job.state != Job.State.DONE or job.finished_at is None:
            raise CommandError(in_words(job.failure))
        lasted = (job.finished_at - job.created_at).total_seconds()
        self.stdout.write(
            f"{job.total:,} interviews judged again in {lasted:,.1f} s, "
            f"{job.params['changed']:,} of them changed"
        )
