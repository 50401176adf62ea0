"""Scores, cells and estimates brought up to date, in that order; every step may run twice."""

from collections.abc import Iterator

from scoring import cells, estimates, scores
from scoring.models import Scheme
from surveys.models import Wave


def catch_up() -> None:
    """Do whatever waits, under every scheme."""
    for scheme in Scheme.objects.select_related("survey"):
        for _ in steps(scheme):
            pass


def steps(scheme: Scheme) -> Iterator[str]:
    """The waiting work of a scheme, done one step at a time; yields each step's name when done."""
    scores.withdraw(scheme)
    while scores.score_batch(scheme):
        yield "score"
    for block_id in list(cells.dirty(scheme).values_list("pk", flat=True)):
        cells.rebuild(block_id)
        yield "rebuild"
    for wave in Wave.objects.filter(survey=scheme.survey_id):
        if estimates.is_stale(scheme, wave):
            estimates.refresh(scheme, wave)
            yield "estimate"
