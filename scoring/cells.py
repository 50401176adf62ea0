"""Dirty sites become cells: rebuilt from their scores, replaced as a whole."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from scoring.maths.cells import ALL, SiteTotals, Sums, site_totals
from scoring.maths.cells import Cell as CellKey
from scoring.maths.matrix import Floats
from scoring.maths.person import score_people
from scoring.models import Cell, CellBlock, Scheme, Score
from scoring.schemes import spec_of
from scoring.scores import item_matrix
from surveys.models import Weight

INTERVIEWS = "interviews"  # the count of people, beside the indicators
Levels: TypeAlias = Mapping[str, str | None]


def dirty(scheme: Scheme) -> QuerySet[CellBlock]:
    """The sites whose cells no longer match their scores."""
    return scheme.blocks.filter(revision__gt=F("built_revision")).order_by("pk")


@transaction.atomic
def rebuild(block_id: int) -> None:
    """Replace a site's cells by what its scores say now. Doing it twice changes nothing."""
    block = CellBlock.objects.select_for_update().select_related("scheme").get(pk=block_id)
    cells = block_cells(block)
    block.cells.all().delete()
    Cell.objects.bulk_create(
        Cell(block=block, by=by, level=level, sums=sums) for (by, level), sums in cells.items()
    )
    block.built_revision = block.revision
    block.save(update_fields=["built_revision"])


def block_cells(block: CellBlock) -> dict[tuple[str, str], dict[str, list[float]]]:
    """A site's cells computed from its scores: (by, level) -> variable -> sums."""
    scores = list(
        block.scheme.scores.filter(interview__wave=block.wave_id, interview__site=block.site_id)
        .select_related("interview", "interview__site")
        .order_by("interview_id")
    )
    if not scores:
        return {}
    spec = spec_of(block.scheme)
    people = score_people(spec, item_matrix([bytes(score.items) for score in scores]))
    levels = {by.name: [s.levels.get(by.name) for s in scores] for by in spec.disaggregations}
    totals = site_totals(people.variables(), _weights(block, scores), levels)
    return _by_level(totals | _counts(scores))


def _weights(block: CellBlock, scores: Sequence[Score]) -> Floats:
    """Each person's weight: of the case in the current version, else the site's design weight."""
    known: dict[int | None, float] = dict(
        Weight.objects.filter(
            version__wave=block.wave_id, version__is_current=True, case__site=block.site_id
        ).values_list("case_id", "value")
    )
    return np.array(
        [known.get(s.interview.case_id, _design_weight(s)) for s in scores], dtype=np.float64
    )


def _design_weight(score: Score) -> float:
    site = score.interview.site
    return site.design_weight if site else 1.0


def _counts(scores: Sequence[Score]) -> SiteTotals:
    """How many interviews: in all, by the disaggregations, by day and by outcome."""
    members: dict[tuple[str, str], int] = defaultdict(int)
    for score in scores:
        for place in _places(score):
            members[place] += 1
    return {
        CellKey(by, level, INTERVIEWS): Sums(n, float(n), float(n), float(n), float(n))
        for (by, level), n in members.items()
    }


def _places(score: Score) -> list[tuple[str, str]]:
    day = timezone.localtime(score.interview.received_at).date().isoformat()
    levels: Levels = {
        ALL: ALL,
        "day": day,
        "outcome": score.interview.outcome,
        **score.levels,
    }
    return [(by, level) for by, level in levels.items() if level is not None]


def _by_level(totals: SiteTotals) -> dict[tuple[str, str], dict[str, list[float]]]:
    cells: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(dict)
    for (by, level, variable), values in totals.items():
        cells[by, level][variable] = list(values)
    return dict(cells)
