"""Stored against recomputed: from the XML as sent to the last published digit."""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring import cells, estimates, scores
from scoring.models import Estimate, EstimateSet, Scheme, Score
from surveys import submissions
from surveys.models import Submission, Survey

SCORED = ("submission_id", "items", "levels", "standards", "index", "deprivation")
ESTIMATED = ("n", "estimate", "se", "deff", "df", "low", "high", "suppressed")
CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """Something stored that is not what it should be."""

    what: str
    stored: object
    recomputed: object

    def __str__(self) -> str:
        return f"{self.what}: stored {self.stored}, recomputed {self.recomputed}"


def differences(survey: Survey) -> Iterator[Difference]:
    """Everything of a survey that differs from what its interviews' XML says now."""
    yield from _interviews(survey)
    for scheme in survey.schemes.all():
        yield from _scores(scheme)
        yield from _cells(scheme)
        for made in EstimateSet.objects.filter(scheme=scheme).select_related("scheme__survey"):
            yield from _estimates(made)


def _interviews(survey: Survey) -> Iterator[Difference]:
    stored = Submission.objects.filter(current_of__questionnaire__survey=survey).order_by("pk")
    light = stored.select_related("current_of", "version").defer(
        "version__workbook", "version__xml", "version__definition"
    )
    for submission in light.iterator(CHUNK):
        interview = submission.current_of
        for name, value in submissions.reread(submission).fields.items():
            yield from _compare(f"interview {interview.pk} {name}", getattr(interview, name), value)


def _scores(scheme: Scheme) -> Iterator[Difference]:
    waiting = scores.unscored(scheme).count()
    yield from _compare(f"{scheme} interviews without a score", waiting, 0)
    uncounted = scores.withdrawn(scheme).count()
    yield from _compare(f"{scheme} scores of interviews that do not count", uncounted, 0)
    stored = (
        scheme.scores.select_related("interview__site__city", "interview__current__version")
        .defer(*(f"interview__{name}" for name in scores.HEAVY))
        .order_by("pk")
    )
    batch: list[Score] = []
    for score in stored.iterator(CHUNK):
        batch.append(score)
        if len(batch) == CHUNK:
            yield from _judged(scheme, batch)
            batch = []
    yield from _judged(scheme, batch)


def _judged(scheme: Scheme, batch: list[Score]) -> Iterator[Difference]:
    if not batch:
        return
    judged = scores.judge(scheme, [score.interview for score in batch])
    for stored, recomputed in zip(batch, judged, strict=True):
        for name in SCORED:
            a, b = getattr(stored, name), getattr(recomputed, name)
            a = bytes(a) if name == "items" else a
            yield from _compare(f"{scheme} score of interview {stored.interview_id} {name}", a, b)


def _cells(scheme: Scheme) -> Iterator[Difference]:
    for block in scheme.blocks.select_related("site", "scheme").order_by("site__code"):
        stored = {(cell.by, cell.level): cell.sums for cell in block.cells.all()}
        yield from _compare(f"{scheme} cells of {block.site}", stored, cells.block_cells(block))


def _estimates(made: EstimateSet) -> Iterator[Difference]:
    stored = {_key(row): row for row in made.estimates.all()}
    psus = estimates.psu_cells(made.scheme, made.wave)
    fresh = {_key(row): row for row in estimates.published(made, psus)}
    yield from _compare(f"{made} rows", sorted(stored), sorted(fresh))
    for key in stored.keys() & fresh.keys():
        for name in ESTIMATED:
            a, b = getattr(stored[key], name), getattr(fresh[key], name)
            yield from _compare(f"{made} {key} {name}", a, b)


def _key(row: Estimate) -> tuple[str, str, str]:
    return row.by, row.level, row.variable


def _compare(what: str, stored: object, recomputed: object) -> Iterator[Difference]:
    if stored != recomputed:
        yield Difference(what, stored, recomputed)
