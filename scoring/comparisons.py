"""The groups of a disaggregation compared: their order and how far it can be trusted, what they add to
everybody's lack of integration, which differences are more than chance, and what those are made of.
Computed when somebody asks, from published groups only.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext_lazy

from scoring import estimates
from scoring.contrasts import (
    Contrast,
    Evidence,
    Portion,
    column,
    contrasts,
    evidence_of,
    portions,
)
from scoring.maths import comparison, sensitivity
from scoring.maths.cells import Cell
from scoring.maths.comparison import Comparison
from scoring.maths.estimate import ONE_PSU, covariances
from scoring.maths.kinds import INDEX, Kind
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
    """What a comparison found, kept as JSON. `shifts` are ranks moved when a standard is left out.

    `portions` is empty where the published groups are not everybody.
    """

    groups: list[str]
    index: list[float | None]
    rank: list[int]
    layers: dict[str, Ranks]
    factors: dict[str, Factor]
    shifts: dict[str, list[int]]
    differences: list[Difference]
    portions: list[Portion]
    contrasts: list[Contrast]


@dataclass(frozen=True)
class Published:
    """The levels of a way to divide people of which enough is published.

    `groups` have their index and standards, `parted` their gaps too. `whole` are all levels there
    are, where M0 is published of every one.
    """

    groups: list[str]
    parted: list[str]
    whole: list[str]


def request(scheme: Scheme, by: User | None) -> Job:
    """Ask for every disaggregation of a scheme to be compared."""
    return jobs.request(KIND, scheme.survey, {"scheme": scheme.pk}, by)


@jobs.runner(KIND, gettext_lazy("Groups compared"))
def run(job: Job, _folder: Path, progress: Progress) -> None:
    """Compare the latest wave; doing it twice replaces the first result."""
    made = estimates.latest_set(Scheme.objects.get(pk=job.params["scheme"]))
    if made is None:
        return
    names = [by.name for by in spec_of(made.scheme).disaggregations]
    progress.expect(len(names))
    evidence = evidence_of(made)
    for name in names:
        compare(made, name, evidence=evidence)
        progress.advance()


def compare(
    made: EstimateSet, by: str, seed: int | None = None, evidence: Evidence | None = None
) -> GroupComparison | None:
    """Compare the groups of a disaggregation, and keep the result in the place of an older one.

    None where fewer than two groups are published. The same seed gives the same result.
    """
    published = published_levels(made, spec_of(made.scheme), by)
    if len(published.groups) < 2:
        GroupComparison.objects.filter(scheme=made.scheme, wave=made.wave, by=by).delete()
        return None
    seed = secrets.randbits(32) if seed is None else seed
    found = findings(evidence or evidence_of(made), by=by, published=published, seed=seed)
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


def published_levels(made: EstimateSet, spec: SchemeSpec, by: str) -> Published:
    """Which levels may be compared by what. None that is known from one PSU alone is a group."""
    standards = [standard.name for standard in spec.weighted]
    groups = _levels_with(made, by, [INDEX, *standards])
    parted = _levels_with(made, by, [Kind.GAP.of(name) for name in standards])
    breadth = Kind.BREADTH.at(spec.headline_k)
    rows = made.estimates.filter(by=by, variable=breadth)
    is_whole = not rows.exclude(suppressed="").exists()
    return Published(
        groups=groups,
        parted=[level for level in groups if level in parted],
        whole=sorted(rows.values_list("level", flat=True)) if is_whole else [],
    )


def _levels_with(made: EstimateSet, by: str, variables: Sequence[str]) -> list[str]:
    """The levels of which all these numbers are published, and not known from one PSU."""
    rows = made.estimates.filter(
        by=by, variable__in=variables, suppressed="", estimate__isnull=False
    )
    found: dict[str, int] = {}
    for level, flags in rows.values_list("level", "flags"):
        found[level] = found.get(level, 0) + (ONE_PSU not in flags)
    return sorted(level for level, count in found.items() if count == len(variables))


def findings(evidence: Evidence, *, by: str, published: Published, seed: int) -> Findings:
    """Everything there is to say about groups. Asks the database for nothing."""
    sample, design, groups = evidence.sample, evidence.design, published.groups
    sampled = _groups(evidence, by, groups)
    layers = [Layer.METHOD] if design is None else list(Layer)
    simulations = {layer: simulate(sampled, layer, seed=seed, draws=DRAWS) for layer in layers}
    rank = simulations[layers[-1]].standings.nominal_rank.tolist()
    index = sample.totals([Cell(by, level, INDEX) for level in groups])
    domains = {level: column(index, place) for place, level in enumerate(groups)}
    best = groups[rank.index(min(rank))]
    return Findings(
        groups=list(groups),
        index=_listed(index.added().means),
        rank=rank,
        layers={layer.value: _ranks(made) for layer, made in simulations.items()},
        factors=_factors(sampled, layers[-1], seed),
        shifts=_shifts(sampled, [standard.name for standard in evidence.spec.weighted]),
        differences=_differences(comparison.pairs(domains, design)),
        portions=portions(evidence, by=by, levels=published.whole),
        contrasts=contrasts(evidence, by=by, groups=groups, best=best, parted=published.parted),
    )


def _groups(evidence: Evidence, by: str, groups: Sequence[str]) -> Groups:
    """The groups' means of the weighted standards, with how uncertain they are together."""
    weighted, design = evidence.spec.weighted, evidence.design
    cells = [Cell(by, level, standard.name) for level in groups for standard in weighted]
    totals = evidence.sample.totals(cells)
    return Groups(
        totals.added().means.reshape(len(groups), len(weighted)),
        np.array([standard.weight for standard in weighted], dtype=np.float64),
        covariances(totals, design) if design else None,
    )


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
