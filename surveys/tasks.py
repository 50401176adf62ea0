"""Celery's way in: each task calls one function that any caller could call."""

from functools import partial

from celery import shared_task

from surveys import jobs, nudges, orphans, revalidation, uploads
from surveys.exports import jobs as exports

# Importing exports and revalidation offers them to this process.
__all__ = [
    "exports",
    "forget_uploads",
    "nudge_job",
    "reap_jobs",
    "remove_orphans",
    "revalidation",
    "run_job",
]


def nudge_job(job_id: int) -> None:
    """Tell a worker of a waiting job, unless a message is on its way already."""
    nudges.send_once(f"job-{job_id}", partial(run_job.delay, job_id))


@shared_task
def run_job(job_id: int) -> None:
    nudges.take(f"job-{job_id}")
    jobs.run(job_id)


@shared_task
def reap_jobs() -> None:
    for job_id in jobs.reap():
        nudge_job(job_id)


@shared_task
def forget_uploads() -> None:
    uploads.forget_old()


@shared_task
def remove_orphans() -> None:
    orphans.remove()
