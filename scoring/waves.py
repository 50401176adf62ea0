"""What changed between two waves of a survey, judged by the same scheme.

A change tells no more than the two published numbers that it lies between; where either is hidden, so
is the change.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from scoring import samples
from scoring.contrasts import column
from scoring.maths import comparison
from scoring.maths.cells import ALL, EVERYBODY, Cell, Domain
from scoring.maths.comparison import Comparison, Wave
from scoring.maths.kinds import INDEX, Kind
from scoring.maths.scheme import SchemeSpec
from scoring.models import Estimate, EstimateSet, Scheme
from scoring.samples import Sample
from scoring.schemes import spec_of


@dataclass(frozen=True)
class Change:
    """One number in both waves, as published; `comparison` is None where either may not be shown."""

    cell: Cell
    before: Estimate | None
    after: Estimate | None
    comparison: Comparison | None = None


@dataclass(frozen=True)
class Changes:
    """The changes of everybody, and of each level of one way to divide people; either are tested together
    (Holm).

    `shared` primary sampling units (PSUs) are in both waves. Where `is_redrawn` their strata are not
    the same, and the waves are taken as samples apart: intervals are rather too wide then.
    """

    rows: Sequence[Change]
    shared: int
    is_redrawn: bool


def sets_of(scheme: Scheme) -> QuerySet[EstimateSet]:
    """The waves that have estimates under a scheme, the earliest first."""
    found = scheme.estimate_sets.filter(interviews__gt=0).defer("scheme__document")
    return found.select_related("wave", "scheme__survey").order_by("wave__number")


def variables_of(spec: SchemeSpec) -> list[str]:
    """What is compared: the index, its standards, H and M0 at the headline threshold."""
    counted = [kind.at(spec.headline_k) for kind in (Kind.HEADCOUNT, Kind.BREADTH)]
    return [INDEX, *(standard.name for standard in spec.weighted), *counted]


def changes(before: EstimateSet, after: EstimateSet, by: str = ALL) -> Changes:
    """After less before, with the covariance of the PSUs that both waves have. Reads both waves' cells."""
    pair = _Pair.of(before, after)
    rows = list(_published(before, after, by))
    told = [row.cell for row in rows if _is_told(row.before) and _is_told(row.after)]
    found = pair.compared([cell for cell in told if cell.by == ALL])
    found |= pair.compared([cell for cell in told if cell.by != ALL])
    compared = [replace(row, comparison=found.get(row.cell)) for row in rows]
    return Changes(compared, pair.shared, pair.is_redrawn)


@dataclass(frozen=True)
class _Pair:
    """Both waves' cells, the earlier first, and what their PSUs are called in every wave."""

    samples: tuple[Sample, Sample]
    names: tuple[Sequence[str], Sequence[str]]
    is_redrawn: bool
    has_design: bool

    @classmethod
    def of(cls, before: EstimateSet, after: EstimateSet) -> "_Pair":
        earlier, later = (samples.sample_of(made.scheme, made.wave) for made in (before, after))
        return cls(
            samples=(earlier, later),
            names=(_names(earlier), _names(later)),
            is_redrawn=_is_redrawn(earlier, later),
            has_design=before.is_probability_sample and after.is_probability_sample,
        )

    @property
    def shared(self) -> int:
        return len(set(self.names[0]).intersection(self.names[1]))

    def compared(self, told: Sequence[Cell]) -> dict[Cell, Comparison]:
        """The changes of some cells, tested together."""
        made = [self._wave(place, told) for place in range(len(self.samples))]
        return dict(zip(told, comparison.changes(*made).values(), strict=True))

    def _wave(self, place: int, told: Sequence[Cell]) -> Wave:
        """One wave's sums; names that tell the waves apart make them samples of their own."""
        sample, names = self.samples[place], self.names[place]
        totals = sample.totals(told)
        return Wave(
            psus=[f"{place} {name}" for name in names] if self.is_redrawn else names,
            domains={str(number): column(totals, number) for number in range(len(told))},
            design=sample.design if self.has_design else None,
        )


def _published(before: EstimateSet, after: EstimateSet, by: str) -> Iterator[Change]:
    """The numbers that either wave has, everybody's first."""
    variables = variables_of(spec_of(before.scheme))
    earlier, later = (
        {
            Cell(row.by, row.level, row.variable): row
            for row in made.estimates.filter(by__in={ALL, by}, variable__in=variables)
        }
        for made in (before, after)
    )
    domains = {Domain(by, level) for by, level, _ in (*earlier, *later)}
    for domain in (EVERYBODY, *sorted(domains - {EVERYBODY})):
        for variable in variables:
            cell = Cell(*domain, variable)
            yield Change(cell, earlier.get(cell), later.get(cell))


def _is_told(row: Estimate | None) -> bool:
    return row is not None and not row.suppressed and row.estimate is not None


def _names(sample: Sample) -> list[str]:
    """What PSUs are called in every wave; with their strata, where these number their own."""
    if max(Counter(sample.psus).values(), default=1) == 1:
        return list(sample.psus)
    return [f"{stratum} {psu}" for stratum, psu in zip(sample.strata, sample.psus, strict=True)]


def _is_redrawn(before: Sample, after: Sample) -> bool:
    """Whether PSUs that are in one stratum in one wave are in several in the other."""
    earlier, later = (
        dict(zip(_names(sample), sample.strata, strict=True)) for sample in (before, after)
    )
    links = {(earlier[psu], later[psu]) for psu in earlier.keys() & later.keys()}
    return any(len({link[end] for link in links}) < len(links) for end in (0, 1))
