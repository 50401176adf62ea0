"""`make bench-forms`: one interview judged by its form, and 100,000 stored ones judged again by a job."""

import resource
import statistics
import time
from collections.abc import Callable
from copy import copy
from typing import Any

from tests.bench.house import installation, tell

INTERVIEW_S, AGAIN_S = 0.0015, 150.0
STORED = 100_000
CHANGED = 97  # one in so many is spoilt, and must be put right
SAMPLE, ROUNDS = 200, 15
BATCH = 500
KB = 1000


def main() -> None:
    with installation():
        import django  # noqa: PLC0415  # settings come from the environment above

        django.setup()
        build()
        bench_interview()
        bench_again()


def build() -> None:
    """The demo, its interviews copied until there are enough."""
    from django.core.management import call_command  # noqa: PLC0415

    from surveys import demo  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    for _ in demo.load(demo.build()):
        pass
    multiply()


def multiply() -> None:
    from surveys.models import Interview, Submission  # noqa: PLC0415

    originals = list(Submission.objects.select_related("interview"))
    for first in range(len(originals), STORED, len(originals)):
        pairs = [copies(one, first) for one in originals[: STORED - first]]
        Interview.objects.bulk_create([interview for interview, _ in pairs])
        Submission.objects.bulk_create([submission for _, submission in pairs])
        for interview, submission in pairs:
            interview.current = submission
        Interview.objects.bulk_update([interview for interview, _ in pairs], ["current"], BATCH)


def copies(submission: Any, number: int) -> tuple[Any, Any]:
    """An interview like it, under another id."""
    interview, again = copy(submission.interview), copy(submission)
    interview.pk = again.pk = interview.current = interview.case = None
    again.interview = interview
    again.instance_id = interview.root_uuid = f"{submission.instance_id}-{number}"
    return interview, again


def bench_interview() -> None:
    """From the bytes that were sent to answers and problems, the median of interviews."""
    from surveys.models import Submission  # noqa: PLC0415
    from surveys.questionnaires import environment_of, form_of  # noqa: PLC0415
    from surveys.xforms.evaluation import evaluate  # noqa: PLC0415
    from surveys.xforms.instance import read_instance  # noqa: PLC0415

    submissions = list(Submission.objects.select_related("version")[:SAMPLE])
    version = submissions[0].version
    assert version is not None
    form, environment = form_of(version), environment_of(version, submissions[0].received_at)

    def judge(submission: Submission) -> None:
        evaluate(form, read_instance(bytes(submission.xml)).root, environment)

    seconds = statistics.median(timed(judge, one) for _ in range(ROUNDS) for one in submissions)
    tell("interview judged", seconds, INTERVIEW_S, questions=len(form.questions))


def bench_again() -> None:
    from surveys import jobs, revalidation  # noqa: PLC0415
    from surveys.models import Interview, Job, Questionnaire  # noqa: PLC0415

    keys = list(Interview.objects.values_list("pk", flat=True))[::CHANGED]
    Interview.objects.filter(pk__in=keys).update(outcome=Interview.Outcome.REFUSED)
    job = revalidation.request(Questionnaire.objects.get(), None)
    seconds = timed(jobs.run, job.pk)
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.done) == (Job.State.DONE, STORED), job.error
    refused = Interview.objects.filter(outcome=Interview.Outcome.REFUSED)
    assert not refused.exists(), "what was spoilt was put right"
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / KB
    tell("100,000 interviews judged again", seconds, AGAIN_S, peak_mb=round(children, 1))


def timed(work: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
