"""Stored against recomputed: from the XML as sent to the last published digit."""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring import cells, estimates, scores
from scoring.maths.cells import Cell
from scoring.models import EstimateSet, Scheme, StratumCells
from surveys import submissions
from surveys.models import Interview, Submission, Survey

SUMMED = ("people", "checksum", "layout", "domains", "sums", "counts")
SITES = 100
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
    yield from _compare(f"{scheme} sites that wait to be judged", len(scores.waiting(scheme)), 0)
    for site in scheme.sites.select_related("site").order_by("site__code").iterator(SITES):
        stored = scores.stored(site)
        interviews = Interview.objects.filter(pk__in=[person.interview for person in stored])
        answers = scores.answers_of(interviews.filter(current__isnull=False))
        fresh = {person.interview: person for person in scores.judged(scheme, answers)}
        for person in stored:
            name = f"{scheme} score of interview {person.interview}"
            yield from _compare(name, person, fresh.get(person.interview))


def _cells(scheme: Scheme) -> Iterator[Difference]:
    for site in (
        scheme.sites.select_related("site", "scheme").order_by("site__code").iterator(CHUNK)
    ):
        [fresh] = cells.summed([site], scores.met_in([site]), [scores.stored(site)])
        for name in SUMMED:
            stored = getattr(site, name)
            stored = bytes(stored) if name == "sums" else stored
            yield from _compare(f"{scheme} cells of {site.site} {name}", stored, fresh[name])


def _estimates(made: EstimateSet) -> Iterator[Difference]:
    known = []
    for row in made.scheme.strata.filter(wave=made.wave).order_by("stratum"):
        fresh_cells = estimates.stratum_cells(made.scheme, made.wave, row.stratum)
        yield from _compare(f"{made} stratum {row}", _stratum(row), fresh_cells)
        known.append(row)
    rows = made.estimates.values_list("by", "level", "variable", *estimates.NUMBERS)
    stored = {Cell(*row[:3]): row[3:] for row in rows.iterator()}
    fresh = {row.key: row[1:] for row in estimates.published(made, known)}
    yield from _compare(f"{made} rows", sorted(stored), sorted(fresh))
    for key in stored.keys() & fresh.keys():
        yield from _compare(f"{made} {key}", stored[key], fresh[key])


def _stratum(row: StratumCells) -> dict[str, object]:
    fields = {name: getattr(row, name) for name in ("psus", "domains", "moments", "counts")}
    return {**fields, "moments": bytes(row.moments)}


def _compare(what: str, stored: object, recomputed: object) -> Iterator[Difference]:
    if stored != recomputed:
        yield Difference(what, stored, recomputed)
