"""Cells become published estimates; nothing else is shown or exported."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Prefetch, Sum
from django.utils import timezone

from scoring.cells import INTERVIEWS
from scoring.maths import cells as maths
from scoring.maths.cells import Cell as CellKey
from scoring.maths.cells import SiteTotals, Sums
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate as Numbers
from scoring.models import Cell, CellBlock, Estimate, EstimateSet, Scheme
from surveys.models import Interview, Wave, WeightVersion

EVERYBODY = CellKey(maths.ALL, maths.ALL, INTERVIEWS)
FEWEST_PEOPLE = 10
FEWEST_PSUS = 3


@dataclass(frozen=True)
class PsuCells:
    """What a primary sampling unit's sites hold together."""

    stratum: str
    psu: str
    cells: SiteTotals


def is_stale(scheme: Scheme, wave: Wave) -> bool:
    """Whether cells were rebuilt since the estimates were made."""
    made = EstimateSet.objects.filter(scheme=scheme, wave=wave).first()
    return made is None or made.built_revision != _built_revision(scheme, wave)


def _built_revision(scheme: Scheme, wave: Wave) -> int:
    total = scheme.blocks.filter(wave=wave).aggregate(total=Sum("built_revision"))["total"]
    return total or 0


@transaction.atomic
def refresh(scheme: Scheme, wave: Wave) -> EstimateSet:
    """Replace the estimates of a wave by what its cells say now."""
    EstimateSet.objects.get_or_create(
        scheme=scheme, wave=wave, defaults={"computed_at": timezone.now()}
    )
    made = EstimateSet.objects.select_for_update().get(scheme=scheme, wave=wave)
    made.built_revision = _built_revision(scheme, wave)
    psus = psu_cells(scheme, wave)
    made.estimates.all().delete()
    Estimate.objects.bulk_create(published(made, psus), batch_size=1000)
    _describe(made, psus)
    made.save()
    return made


def rows_of(scheme: Scheme, by: str = "") -> list[dict[str, object]]:
    """The latest wave's estimates as plain rows, of all disaggregations or of one."""
    rows = Estimate.objects.filter(set__scheme=scheme).order_by("by", "level", "variable")
    latest = EstimateSet.objects.filter(scheme=scheme).order_by("-wave__number").first()
    rows = rows.filter(set=latest) if latest else rows.none()
    columns = ("variable", "by", "level", "n", "estimate", "se", "deff", "df", "low", "high")
    found = rows.filter(by=by) if by else rows
    return [{"scheme": scheme.name, **row} for row in found.values(*columns, "suppressed")]


def psu_cells(scheme: Scheme, wave: Wave) -> list[PsuCells]:
    """The cells of a wave by primary sampling unit, ordered by stratum and PSU."""
    blocks = (
        scheme.blocks.filter(wave=wave, cells__isnull=False)
        .distinct()
        .select_related("site")
        .prefetch_related(Prefetch("cells", Cell.objects.order_by("by", "level")))
        .order_by("site__stratum", "site__psu", "site__code")
    )
    psus: dict[tuple[str, str], SiteTotals] = {}
    for block in blocks:
        cells = psus.setdefault((block.site.stratum, block.site.psu), {})
        for key, sums in _cells_of(block):
            cells[key] = _add(cells[key], sums) if key in cells else sums
    return [PsuCells(stratum, psu, cells) for (stratum, psu), cells in psus.items()]


def _cells_of(block: CellBlock) -> Iterator[tuple[CellKey, Sums]]:
    for cell in block.cells.all():
        for variable, (n, *sums) in cell.sums.items():
            yield CellKey(cell.by, cell.level, variable), Sums(int(n), *map(float, sums))


def _add(a: Sums, b: Sums) -> Sums:
    return Sums(a.n + b.n, a.W + b.W, a.T + b.T, a.W2 + b.W2, a.Q + b.Q)


def compute(psus: Sequence[PsuCells], *, is_probability_sample: bool) -> dict[CellKey, Numbers]:
    """The estimates of all cells, with the design that the PSUs themselves tell."""
    indicators = [
        {key: sums for key, sums in psu.cells.items() if key.variable != INTERVIEWS} for psu in psus
    ]
    return maths.estimates(indicators, _design(psus) if is_probability_sample else None)


def _design(psus: Sequence[PsuCells]) -> Design:
    strata = sorted({psu.stratum for psu in psus})
    sampled = Counter(psu.stratum for psu in psus)
    return Design(
        stratum=np.array([strata.index(psu.stratum) for psu in psus], dtype=np.int64),
        sampled=np.array([sampled[stratum] for stratum in strata], dtype=np.int64),
    )


def published(made: EstimateSet, psus: Sequence[PsuCells]) -> Iterator[Estimate]:
    """The rows to publish: counts of interviews, and indicators that hide nobody's answers."""
    present: Counter[CellKey] = Counter()
    counted: Counter[CellKey] = Counter()
    for psu in psus:
        present.update({key: 1 for key, sums in psu.cells.items() if sums.n})
        counted.update({k: sums.n for k, sums in psu.cells.items() if k.variable == INTERVIEWS})
    for key, n in counted.items():
        yield Estimate(set=made, **key._asdict(), n=n, estimate=n)
    is_probability_sample = made.scheme.survey.is_probability_sample
    for key, numbers in compute(psus, is_probability_sample=is_probability_sample).items():
        yield _publish(made, key, numbers, present[key])


def _publish(made: EstimateSet, key: CellKey, numbers: Numbers, psus: int) -> Estimate:
    reason = suppression(numbers.n, psus)
    row = Estimate(set=made, **key._asdict(), n=numbers.n, suppressed=reason)
    if not reason:
        row.estimate, row.se, row.deff = numbers.estimate, numbers.se, numbers.deff
        row.df, row.low, row.high = numbers.df, numbers.low, numbers.high
    return row


def suppression(people: int, psus: int) -> str:
    """Why a number must not be shown, or blank: a few people could be recognised in it."""
    if people < FEWEST_PEOPLE:
        return f"n<{FEWEST_PEOPLE}"
    return f"psu<{FEWEST_PSUS}" if psus < FEWEST_PSUS else ""


def _describe(made: EstimateSet, psus: Sequence[PsuCells]) -> None:
    """Say what the estimates were made from."""
    made.interviews = sum(psu.cells[EVERYBODY].n for psu in psus)
    made.psus = len(psus)
    made.strata = len({psu.stratum for psu in psus})
    made.form_versions = _form_versions(made)
    version = WeightVersion.objects.filter(wave=made.wave, is_current=True).first()
    made.weight_version = version.name if version else ""
    made.computed_at = timezone.now()


def _form_versions(made: EstimateSet) -> list[str]:
    versions = Interview.objects.counted().filter(wave=made.wave, scores__scheme=made.scheme)
    return sorted(set(versions.values_list("current__version__version", flat=True)))
