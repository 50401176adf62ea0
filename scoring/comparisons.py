"""The groups of a disaggregation compared: their order and how far it can be trusted, and which
differences are more than chance. Computed when somebody asks, from published groups only.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext_lazy

from scoring import estimates
from scoring.estimates import PsuCells
from scoring.maths import comparison, sensitivity
from scoring.maths.cells import Cell as CellKey
from scoring.maths.cells import Sums
from scoring.maths.comparison import Comparison
from scoring.maths.design import Design
from scoring.maths.estimate import ONE_PSU, Totals, covariances
from scoring.maths.matrix import Floats
from scoring.maths.scheme import SchemeSpec
from scoring.maths.uncertainty import Groups, Layer, Simulation, simulate
from scoring.models import EstimateSet, GroupComparison, Scheme
from scoring.schemes import spec_of
from surveys import jobs
from surveys.jobs import Progress
from surveys.models import Job, User

KIND = "compare"
DRAWS = 10_000
TOP = 3
INDEX = "index"


@dataclass(frozen=True)
class Ranks:
    """Where each group stands over all draws of a layer; lists in the order of the groups."""

    median: list[float]
    low: list[float]  # 5 %
    high: list[float]  # 95 %
    top: list[float]  # P(among the first three)


@dataclass(frozen=True)
class Factor:
    """How much of the ranks' movement a choice causes: alone, and with all its interactions."""

    first: float | None
    total: float | None
    low: float | None  # of `total`
    high: float | None


@dataclass(frozen=True)
class Difference:
    """The index of one group less that of another; `p` is adjusted for all pairs (Holm)."""

    a: str
    b: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class Findings:
    """What a comparison found, kept as JSON. `shifts` are ranks moved when a standard is left out."""

    groups: list[str]
    index: list[float | None]
    rank: list[int]
    layers: dict[str, Ranks]
    factors: dict[str, Factor]
    shifts: dict[str, list[int]]
    differences: list[Difference]


def request(scheme: Scheme, by: User | None) -> Job:
    """Ask for every disaggregation of a scheme to be compared."""
    return jobs.request(KIND, scheme.survey, {"scheme": scheme.pk}, by)


@jobs.runner(KIND, gettext_lazy("Groups compared"))
def run(job: Job, _folder: Path, progress: Progress) -> None:
    """Compare the latest wave; doing it twice replaces the first result."""
    made = estimates.latest_set(Scheme.objects.get(pk=job.params["scheme"]))
    names = [by.name for by in spec_of(made.scheme).disaggregations] if made else []
    progress.expect(len(names))
    for name in names:
        if made is not None:
            compare(made, name)
        progress.advance()


def compare(made: EstimateSet, by: str, seed: int | None = None) -> GroupComparison | None:
    """Compare the groups of a disaggregation, and keep the result in the place of an older one.

    None where fewer than two groups are published. The same seed gives the same result.
    """
    spec = spec_of(made.scheme)
    groups = published_groups(made, spec, by)
    if len(groups) < 2:
        GroupComparison.objects.filter(scheme=made.scheme, wave=made.wave, by=by).delete()
        return None
    seed = secrets.randbits(32) if seed is None else seed
    psus = estimates.psu_cells(made.scheme, made.wave)
    design = estimates.design_of(psus) if made.is_probability_sample else None
    found = findings(spec, psus, design, by=by, groups=groups, seed=seed)
    kept, _ = GroupComparison.objects.update_or_create(
        scheme=made.scheme,
        wave=made.wave,
        by=by,
        defaults={
            "findings": asdict(found),
            "seed": seed,
            "draws": DRAWS,
            "interviews": made.interviews,
            "built_revision": made.built_revision,
            "computed_at": timezone.now(),
        },
    )
    return kept


def published_groups(made: EstimateSet, spec: SchemeSpec, by: str) -> list[str]:
    """The levels whose index and weighted standards are all published, and not known from one PSU."""
    wanted = {INDEX, *(standard.name for standard in spec.weighted)}
    rows = made.estimates.filter(by=by, variable__in=wanted, suppressed="", estimate__isnull=False)
    found: dict[str, int] = {}
    for level, flags in rows.values_list("level", "flags"):
        found[level] = found.get(level, 0) + (ONE_PSU not in flags)
    return sorted(level for level, count in found.items() if count == len(wanted))


def findings(
    spec: SchemeSpec,
    psus: Sequence[PsuCells],
    design: Design | None,
    *,
    by: str,
    groups: Sequence[str],
    seed: int,
) -> Findings:
    """Everything there is to say about groups from their cells. Asks the database for nothing."""
    standards = [standard.name for standard in spec.weighted]
    weights = np.array([standard.weight for standard in spec.weighted], dtype=np.float64)
    totals = _totals(psus, [CellKey(by, level, name) for level in groups for name in standards])
    means = (totals.T.sum(axis=0) / totals.W.sum(axis=0)).reshape(len(groups), len(standards))
    sampled = Groups(means, weights, covariances(totals, design) if design else None)
    layers = [Layer.METHOD] if design is None else list(Layer)
    simulations = {layer: simulate(sampled, layer, seed=seed, draws=DRAWS) for layer in layers}
    index = _totals(psus, [CellKey(by, level, INDEX) for level in groups])
    domains = {level: _column(index, place) for place, level in enumerate(groups)}
    return Findings(
        groups=list(groups),
        index=_listed(index.T.sum(axis=0) / index.W.sum(axis=0)),
        rank=simulations[layers[-1]].standings.nominal_rank.tolist(),
        layers={layer.value: _ranks(made) for layer, made in simulations.items()},
        factors=_factors(sampled, layers[-1], seed),
        shifts=_shifts(sampled, standards),
        differences=_differences(comparison.pairs(domains, design)),
    )


def _totals(psus: Sequence[PsuCells], cells: Sequence[CellKey]) -> Totals:
    """The sums of cells, arrays (PSUs, cells)."""
    nothing = Sums(0, 0.0, 0.0, 0.0, 0.0)
    sums = np.array([[psu.cells.get(cell, nothing) for cell in cells] for psu in psus])
    return Totals(
        sums[:, :, 0].astype(np.int64), *(sums[:, :, at] for at in range(1, len(nothing)))
    )


def _column(totals: Totals, place: int) -> Totals:
    """The sums of one cell, arrays (PSUs,)."""
    sums = (totals.W, totals.T, totals.W2, totals.Q)
    return Totals(totals.n[:, place], *(array[:, place] for array in sums))


def _ranks(made: Simulation) -> Ranks:
    rank = made.standings.rank
    low, high = rank.quantiles
    top = made.standings.top(min(TOP, len(low)))
    return Ranks(rank.median.tolist(), low.tolist(), high.tolist(), top.tolist())


def _factors(groups: Groups, layer: Layer, seed: int) -> dict[str, Factor]:
    found = sensitivity.rank_sensitivity(groups, layer, seed=seed)
    columns = (found.first.value, found.total.value, found.total.low, found.total.high)
    rows = zip(*map(_listed, columns), strict=True)
    return {name: Factor(*row) for name, row in zip(found.factors, rows, strict=True)}


def _shifts(groups: Groups, standards: Sequence[str]) -> dict[str, list[int]]:
    if len(standards) < 2:
        return {}
    shifts = sensitivity.removal(groups).rank_shift.tolist()
    return dict(zip(standards, shifts, strict=True))


def _differences(pairs: Mapping[tuple[str, str], Comparison]) -> list[Difference]:
    """The surest first."""
    found = [
        Difference(
            a, b, pair.difference.estimate, pair.difference.low, pair.difference.high, pair.p_holm
        )
        for (a, b), pair in pairs.items()
    ]
    return sorted(found, key=lambda d: (d.p is None, d.p or 0.0, -abs(d.difference or 0.0)))


def _listed(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
