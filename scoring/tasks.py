"""Celery's way in: each task calls one function that any caller could call."""

from celery import shared_task

from scoring import pipeline
from scoring.exports import jobs as exports
from surveys import nudges

__all__ = ["exports", "score_pending", "sweep"]  # importing exports offers them to this process


@shared_task
def score_pending() -> None:
    nudges.take("score")
    pipeline.catch_up()


@shared_task
def sweep() -> None:
    pipeline.sweep()
