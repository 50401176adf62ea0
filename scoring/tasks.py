"""Celery's way in: each task calls one function that any caller could call."""

from celery import shared_task

from scoring import pipeline
from surveys import nudges


@shared_task
def score_pending() -> None:
    nudges.take("score")
    pipeline.catch_up()


@shared_task
def sweep() -> None:
    pipeline.catch_up()
