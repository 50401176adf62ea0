"""`manage.py rescore`: judge every interview of a survey again."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from scoring import rescoring, schemes
from surveys import jobs
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey
from surveys.models import Job
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Judge every interview of a survey again, and renew cells and estimates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument("--scheme", default="", metavar="NAME")

    def handle(self, *, survey: str, scheme: str, **_: object) -> None:
        try:
            found = schemes.find(find_survey(survey), scheme)
        except SurveyError as error:
            raise CommandError(str(error)) from error
        job = rescoring.request(found, None)
        jobs.run(job.pk)
        self._report(Job.objects.get(pk=job.pk))

    def _report(self, job: Job) -> None:
        """Where workers run, one may have taken the job before us."""
        if job.state == Job.State.RUNNING:
            self.stdout.write("A worker is at it; the page of jobs shows how far it is.")
        elif job.state != Job.State.DONE or job.finished_at is None:
            raise CommandError(in_words(job.failure))
        else:
            lasted = (job.finished_at - job.created_at).total_seconds()
            self.stdout.write(f"{job.total:,} sites judged and summed in {lasted:,.1f} s.")
