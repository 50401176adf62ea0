"""Dirty sites become cells: rebuilt from their scores, replaced as a whole."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from scoring.maths.cells import ALL, SiteTotals, Sums, site_totals
from scoring.maths.cells import Cell as CellKey
from scoring.maths.matrix import Floats
from scoring.maths.person import score_people
from scoring.models import Cell, CellBlock, Scheme, Score
from scoring.schemes import spec_of
from scoring.scores import item_matrix
from surveys.models import Weight, WeightVersion

BUILT = ("revision", "built_revision", "weights", "stratum", "psu", "design_weight")
INTERVIEWS = "interviews"  # the count of people, beside the indicators
Levels: TypeAlias = Mapping[str, str | None]


def dirty(scheme: Scheme) -> QuerySet[CellBlock]:
    """The sites whose cells no longer match their scores, their weights or their design."""
    current = WeightVersion.objects.filter(wave=OuterRef("wave"), is_current=True).values("pk")
    return (
        scheme.blocks.annotate(current=Coalesce(Subquery(current), 0))
        .annotate(used=Coalesce("weights_id", 0))
        .filter(
            Q(revision__gt=F("built_revision"))
            | ~Q(used=F("current"))
            | ~Q(stratum=F("site__stratum"))
            | ~Q(psu=F("site__psu"))
            | ~Q(design_weight=F("site__design_weight"))
        )
        .order_by("pk")
    )


@transaction.atomic
def rebuild(block_id: int) -> None:
    """Replace a site's cells by what its scores say now. Doing it twice changes nothing."""
    block = CellBlock.objects.select_for_update().get(pk=block_id)
    block.weights = WeightVersion.objects.filter(wave=block.wave_id, is_current=True).first()
    block.stratum, block.psu = block.site.stratum, block.site.psu
    block.design_weight = block.site.design_weight
    block.revision = max(block.revision, block.built_revision + 1)  # a new design counts too
    block.built_revision = block.revision
    cells = block_cells(block)
    block.cells.all().delete()
    Cell.objects.bulk_create(
        Cell(block=block, by=by, level=level, sums=sums) for (by, level), sums in cells.items()
    )
    block.save(update_fields=BUILT)


def block_cells(block: CellBlock) -> dict[tuple[str, str], dict[str, list[float]]]:
    """A site's cells computed from its scores: (by, level) -> variable -> sums."""
    scores = list(
        block.scheme.scores.filter(interview__wave=block.wave_id, interview__site=block.site_id)
        .select_related("interview")
        .order_by("interview_id")
    )
    if not scores:
        return {}
    spec = spec_of(block.scheme)
    people = score_people(spec, item_matrix([bytes(score.items) for score in scores]))
    design = {by.name: block.stratum for by in spec.disaggregations if by.is_design_column}
    levels = [{**score.levels, **design} for score in scores]
    columns = {by.name: [person.get(by.name) for person in levels] for by in spec.disaggregations}
    totals = site_totals(people.variables(), _weights(block, scores), columns)
    return _by_level(totals | _counts(scores, levels))


def _weights(block: CellBlock, scores: Sequence[Score]) -> Floats:
    """Each person's weight: of the case in the block's version, else the site's design weight."""
    known: dict[int | None, float] = dict(
        Weight.objects.filter(version=block.weights_id, case__site=block.site_id).values_list(
            "case_id", "value"
        )
    )
    return np.array([known.get(s.interview.case_id, block.design_weight) for s in scores])


def _counts(scores: Sequence[Score], levels: Sequence[Levels]) -> SiteTotals:
    """How many interviews: in all, by the disaggregations, by day and by outcome."""
    members: dict[tuple[str, str], int] = defaultdict(int)
    for score, person in zip(scores, levels, strict=True):
        for place in _places(score, person):
            members[place] += 1
    return {
        CellKey(by, level, INTERVIEWS): Sums(n, float(n), float(n), float(n), float(n))
        for (by, level), n in members.items()
    }


def _places(score: Score, person: Levels) -> list[tuple[str, str]]:
    day = timezone.localtime(score.interview.received_at).date().isoformat()
    levels: Levels = {ALL: ALL, "day": day, "outcome": score.interview.outcome, **person}
    return [(by, level) for by, level in levels.items() if level is not None]


def _by_level(totals: SiteTotals) -> dict[tuple[str, str], dict[str, list[float]]]:
    cells: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(dict)
    for (by, level, variable), values in totals.items():
        cells[by, level][variable] = list(values)
    return dict(cells)
