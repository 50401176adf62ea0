"""Celery's way in: each task calls one function that any caller could call."""

from celery import shared_task

from surveys import jobs


@shared_task
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task
def reap_jobs() -> None:
    for job_id in jobs.reap():
        run_job.delay(job_id)
