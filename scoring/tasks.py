"""Celery's way in: each task calls one function that any caller could call."""

from functools import partial

from celery import shared_task
from django.conf import settings

from scoring import comparisons, concerns, crosstabs, pipeline, rescoring
from scoring.exports import jobs as exports
from surveys import nudges
from surveys import tasks as surveys
from surveys.models import Job

HANDS = settings.RESCORE_WORKERS - 1  # asked to help; who finds nothing left goes at once

# Importing comparisons, concerns, tables and exports offers them to this process.
__all__ = [
    "comparisons",
    "concerns",
    "crosstabs",
    "exports",
    "help_rescoring",
    "nudge_rescoring",
    "score_pending",
    "sweep",
]


@shared_task
def score_pending() -> None:
    nudges.take("score")
    pipeline.catch_up()


@shared_task
def sweep() -> None:
    pipeline.sweep()
    rescoring.settle()
    for scheme in rescoring.under_way():
        _ask_all(scheme.pk)  # helpers died, or their messages were lost


def nudge_rescoring(job: Job) -> None:
    """Tell a worker of a rescore, and others to help."""
    surveys.nudge_job(job.pk)
    _ask_all(job.params["scheme"])


@shared_task
def help_rescoring(scheme_id: int, hand: int) -> None:
    nudges.take(f"rescore-{scheme_id}-{hand}")
    if rescoring.lend_a_hand(scheme_id):
        _ask(scheme_id, hand)


def _ask_all(scheme_id: int) -> None:
    for hand in range(HANDS):
        _ask(scheme_id, hand)


def _ask(scheme_id: int, hand: int) -> None:
    nudges.send_once(f"rescore-{scheme_id}-{hand}", partial(help_rescoring.delay, scheme_id, hand))
