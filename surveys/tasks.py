"""Celery's way in: each task calls one function that any caller could call."""

from functools import partial

from celery import shared_task

from surveys import (
    alerts,
    checks,
    correction_batches,
    digests,
    erasure,
    jobs,
    nudges,
    orphans,
    resealing,
    retention,
    revalidation,
    tallies,
    trail,
    uploads,
)
from surveys.backchecks import draw
from surveys.backups import concerns
from surveys.exports import jobs as exports
from surveys.imports import expiry
from surveys.imports import works as imports
from surveys.webhooks import deliveries

# Importing concerns, exports, imports, corrections and revalidation offers them to this process.
__all__ = [
    "check_quality",
    "check_waiting",
    "clear_erased",
    "concerns",
    "correction_batches",
    "count_progress",
    "deliver",
    "draw_second_visits",
    "exports",
    "forget_deliveries",
    "forget_uploads",
    "imports",
    "keep_up_retention",
    "nudge_job",
    "reap_jobs",
    "remove_orphans",
    "revalidation",
    "run_job",
    "seal_trail",
    "seal_waiting",
    "send_digests",
    "watch",
]


def nudge_job(job_id: int) -> None:
    """Tell a worker of a waiting job, unless a message is on its way already."""
    send = partial(run_job.apply_async, (job_id,), queue=jobs.queue_of(job_id))
    nudges.send_once(f"job-{job_id}", send)


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
    expiry.forget_old()


@shared_task
def keep_up_retention() -> None:
    for job_id in retention.keep_up():
        nudge_job(job_id)


@shared_task
def seal_waiting() -> None:
    for job_id in resealing.keep_up():
        nudge_job(job_id)


@shared_task
def remove_orphans() -> None:
    orphans.remove()
    orphans.remove_keys()


@shared_task
def clear_erased() -> None:
    erasure.sweep()


@shared_task
def check_waiting() -> None:
    """Ask for the checks of whatever has changed; each is run by whoever is free."""
    for key in checks.waiting():
        nudges.send_once(f"check-{key}", partial(check_quality.delay, key))


@shared_task
def check_quality(inspection_id: int) -> None:
    nudges.take(f"check-{inspection_id}")
    checks.check(inspection_id)


@shared_task
def watch() -> None:
    alerts.watch()


@shared_task
def seal_trail() -> None:
    trail.seal()


@shared_task
def send_digests() -> None:
    digests.send_due()


@shared_task
def draw_second_visits() -> None:
    for key in draw.waiting():
        draw.draw(key)


@shared_task
def count_progress() -> None:
    tallies.refresh_all()


@shared_task
def deliver() -> None:
    deliveries.announce()
    deliveries.send_due()


@shared_task
def forget_deliveries() -> None:
    deliveries.forget_old()
