"""Celery's way in: each task calls one function that any caller could call."""

from celery import shared_task

from surveys import jobs
from surveys.exports import jobs as exports

__all__ = ["exports", "reap_jobs", "run_job"]  # importing exports offers them to this process


@shared_task
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task
def reap_jobs() -> None:
    for job_id in jobs.reap():
        run_job.delay(job_id)
