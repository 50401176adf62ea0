"""Scores, cells and estimates brought up to date, in that order; every step may run twice."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import Error
from django.utils import timezone

from scoring import cells, estimates, scores
from scoring.models import Scheme
from surveys.models import Wave

logger = logging.getLogger(__name__)

RECENT = timedelta(minutes=10)  # the sweep, which looks at everything, comes more often


def catch_up() -> None:
    """Do what changed lately, under every scheme; what fails under one keeps no other waiting."""
    _each(timezone.now() - RECENT)


def sweep() -> None:
    """Do whatever waits, whatever message was lost."""
    _each(None)


def _each(since: datetime | None) -> None:
    for scheme in Scheme.objects.select_related("survey"):
        try:
            for _ in steps(scheme, since):
                pass
        except (Error, ArithmeticError, ValueError):
            logger.exception(
                "Scheme %s of %s could not be brought up to date", scheme, scheme.survey
            )


def steps(scheme: Scheme, since: datetime | None = None) -> Iterator[str]:
    """The waiting work of a scheme, done one step at a time; yields each step's name when done."""
    scores.mark_waiting(scheme, since)
    dirty = list(cells.dirty(scheme).values_list("pk", flat=True))
    for ids in cells.batches(dirty):
        for _ in _rebuild(scheme, ids):
            yield "site"
    for wave in Wave.objects.filter(survey=scheme.survey_id):
        if estimates.is_stale(scheme, wave):
            estimates.refresh(scheme, wave)
            yield "estimate"


def _rebuild(scheme: Scheme, ids: Sequence[int]) -> list[int]:
    """Sites together; where a number of one is impossible, the others without it."""
    try:
        return cells.rebuild(cells.dirty(scheme).filter(pk__in=ids))
    except (ArithmeticError, ValueError):
        if len(ids) > 1:
            return [done for one in ids for done in _rebuild(scheme, [one])]
        logger.exception("The cells %s of scheme %s could not be rebuilt", ids[0], scheme)
        return []
