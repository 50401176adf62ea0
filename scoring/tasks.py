"""Celery's way in: each task calls one function that any caller could call."""

from celery import shared_task

from scoring import comparisons, pipeline
from scoring.exports import jobs as exports
from surveys import nudges

# Importing comparisons and exports offers them to this process.
__all__ = ["comparisons", "exports", "score_pending", "sweep"]


@shared_task
def score_pending() -> None:
    nudges.take("score")
    pipeline.catch_up()


@shared_task
def sweep() -> None:
    pipeline.sweep()
