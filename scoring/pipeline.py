"""Scores, cells and estimates brought up to date, in that order; every step may run twice."""

import logging
from collections.abc import Iterator

from django.db import Error

from scoring import cells, estimates, scores
from scoring.models import Scheme
from surveys.models import Wave

logger = logging.getLogger(__name__)


def catch_up() -> None:
    """Do whatever waits, under every scheme; what fails under one keeps no other waiting."""
    for scheme in Scheme.objects.select_related("survey"):
        try:
            for _ in steps(scheme):
                pass
        except Error:
            logger.exception(
                "Scheme %s of %s could not be brought up to date", scheme, scheme.survey
            )


def sweep() -> None:
    """Catch up on lost messages, and let go of interviews that no longer count."""
    for scheme in Scheme.objects.all():
        scores.withdraw(scheme)
    catch_up()


def steps(scheme: Scheme) -> Iterator[str]:
    """The waiting work of a scheme, done one step at a time; yields each step's name when done."""
    last = scores.score_batch(scheme)
    while last is not None:
        yield "score"
        last = scores.score_batch(scheme, after=last)
    for block_id in list(cells.dirty(scheme).values_list("pk", flat=True)):
        cells.rebuild(block_id)
        yield "rebuild"
    for wave in Wave.objects.filter(survey=scheme.survey_id):
        if estimates.is_stale(scheme, wave):
            estimates.refresh(scheme, wave)
            yield "estimate"
