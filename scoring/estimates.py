"""Cells become published estimates; nothing else is shown or exported."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Sum
from django.utils import timezone

from scoring.cells import INTERVIEWS
from scoring.maths import cells as maths
from scoring.maths import disclosure, quality
from scoring.maths.cells import Cell as CellKey
from scoring.maths.cells import SiteTotals, Sums
from scoring.maths.design import Design
from scoring.maths.disclosure import Row
from scoring.maths.estimate import Estimate as Numbers
from scoring.models import Cell, CellBlock, Estimate, EstimateSet, Scheme
from surveys.models import QuestionnaireVersion, Wave, WeightVersion

EVERYBODY = CellKey(maths.ALL, maths.ALL, INTERVIEWS)
NOT_OF_PEOPLE = (maths.ALL, "day", "outcome")  # counts of work, which point at nobody


@dataclass(frozen=True)
class PsuCells:
    """What a primary sampling unit's sites hold together."""

    stratum: str
    psu: str
    cells: SiteTotals


def is_stale(scheme: Scheme, wave: Wave) -> bool:
    """Whether the cells or the kind of sample changed since the estimates were made."""
    made = EstimateSet.objects.filter(scheme=scheme, wave=wave).first()
    return made is None or not _is_current(made)


def _is_current(made: EstimateSet) -> bool:
    return (
        made.built_revision == _built_revision(made.scheme, made.wave)
        and made.is_probability_sample == made.scheme.survey.is_probability_sample
    )


def _built_revision(scheme: Scheme, wave: Wave) -> int:
    total = scheme.blocks.filter(wave=wave).aggregate(total=Sum("built_revision"))["total"]
    return total or 0


@transaction.atomic
def refresh(scheme: Scheme, wave: Wave) -> EstimateSet:
    """Replace the estimates of a wave by what its cells say now, unless somebody just did."""
    _, created = EstimateSet.objects.get_or_create(
        scheme=scheme, wave=wave, defaults={"computed_at": timezone.now()}
    )
    sets = EstimateSet.objects.select_for_update(of=("self",)).select_related("scheme__survey")
    made = sets.get(scheme=scheme, wave=wave)
    if created or not _is_current(made):
        _replace(made)
    return made


def _replace(made: EstimateSet) -> None:
    made.built_revision = _built_revision(made.scheme, made.wave)
    made.is_probability_sample = made.scheme.survey.is_probability_sample
    psus = psu_cells(made.scheme, made.wave)
    made.estimates.all().delete()
    Estimate.objects.bulk_create(published(made, psus), batch_size=1000)
    _describe(made, psus)
    made.save()


def latest_set(scheme: Scheme) -> EstimateSet | None:
    """The estimates of the latest wave that has interviews."""
    made = EstimateSet.objects.filter(scheme=scheme, interviews__gt=0)
    return made.select_related("wave").order_by("-wave__number").first()


def rows_of(scheme: Scheme, by: str = "") -> list[dict[str, object]]:
    """The latest wave's estimates as plain rows, of all disaggregations or of one."""
    rows = Estimate.objects.filter(set=latest_set(scheme)).order_by("by", "level", "variable")
    columns = ("variable", "by", "level", "n", "estimate", "se", "deff", "df", "low", "high")
    found = rows.filter(by=by) if by else rows
    return [{"scheme": scheme.name, **row} for row in found.values(*columns, "suppressed")]


def psu_cells(scheme: Scheme, wave: Wave) -> list[PsuCells]:
    """The cells of a wave by primary sampling unit, ordered by stratum and PSU."""
    blocks = (
        scheme.blocks.filter(Exists(Cell.objects.filter(block=OuterRef("pk"))), wave=wave)
        .prefetch_related(Prefetch("cells", Cell.objects.order_by("by", "level")))
        .order_by("stratum", "psu", "site__code")
    )
    psus: dict[tuple[str, str], SiteTotals] = {}
    for block in blocks:
        cells = psus.setdefault((block.stratum, block.psu), {})
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
    return maths.estimates(indicators, design_of(psus) if is_probability_sample else None)


def design_of(psus: Sequence[PsuCells]) -> Design:
    """The design that the PSUs themselves tell: their strata, and how many of each were sampled."""
    strata = sorted({psu.stratum for psu in psus})
    sampled = Counter(psu.stratum for psu in psus)
    return Design(
        stratum=np.array([strata.index(psu.stratum) for psu in psus], dtype=np.int64),
        sampled=np.array([sampled[stratum] for stratum in strata], dtype=np.int64),
    )


def published(made: EstimateSet, psus: Sequence[PsuCells]) -> Iterator[Estimate]:
    """The rows to publish: counts of interviews and indicators, without what must not be shown."""
    present: Counter[CellKey] = Counter()
    counted: Counter[CellKey] = Counter()
    for psu in psus:
        present.update({key: 1 for key, sums in psu.cells.items() if sums.n})
        counted.update({k: sums.n for k, sums in psu.cells.items() if k.variable == INTERVIEWS})
    computed = compute(psus, is_probability_sample=made.is_probability_sample)
    rows = {key: Row(n, present[key]) for key, n in counted.items() if key.by not in NOT_OF_PEOPLE}
    rows |= {key: Row(row.n, present[key], row.estimate) for key, row in computed.items()}
    reasons = disclosure.withheld(rows)
    for key, n in counted.items():
        yield _publish_count(made, key, n, reasons.get(key, ""))
    for key, numbers in computed.items():
        yield _publish(made, key, numbers, reasons.get(key, ""))


def _publish_count(made: EstimateSet, key: CellKey, n: int, reason: str) -> Estimate:
    number = None if reason else n
    return Estimate(set=made, **key._asdict(), n=number, estimate=number, suppressed=reason)


def _publish(made: EstimateSet, key: CellKey, numbers: Numbers, reason: str) -> Estimate:
    row = Estimate(set=made, **key._asdict(), suppressed=reason)
    if not reason:
        row.n, row.estimate, row.se = numbers.n, numbers.estimate, numbers.se
        row.deff, row.df = numbers.deff, numbers.df
        row.low, row.high = numbers.low, numbers.high
        row.flags = sorted(numbers.flags | quality.doubts(numbers))
    return row


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
    versions = QuestionnaireVersion.objects.filter(
        submissions__current_of__wave=made.wave, submissions__current_of__scores__scheme=made.scheme
    )
    return sorted(versions.order_by().values_list("version", flat=True).distinct())
