"""A survey's schemes beside each other: the same people under other weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring.dashboard.figures import PERCENT, SCORE, SHARE, Figure, weight
from scoring.dashboard.names import Dimension, dimensions_of, title_of
from scoring.dashboard.questions import questions_of
from scoring.dashboard.rows import Rows
from scoring.maths.cells import ALL
from scoring.maths.kinds import INDEX, Kind
from scoring.maths.scheme import SchemeSpec
from scoring.models import Estimate, EstimateSet, Scheme
from scoring.schemes import spec_of
from surveys.models import Survey, Wave


@dataclass(frozen=True)
class Column:
    """A scheme, with everybody's numbers under it at its headline threshold `k`."""

    scheme: Scheme
    k: str
    index: Figure
    headcount: Figure
    breadth: Figure


@dataclass(frozen=True)
class Weight:
    """A weight in percent; blank and 0 where the standard stands beside the index."""

    text: str
    percent: float


@dataclass(frozen=True)
class Standard:
    """`weights` has an entry a scheme."""

    name: str
    title: str
    weights: Sequence[Weight]


@dataclass(frozen=True)
class Place:
    """A group's index and rank under a scheme. `moved` counts ranks won against the first scheme."""

    index: Figure
    rank: int | None
    moved: int = 0

    @property
    def lost(self) -> int:
        return -self.moved


@dataclass(frozen=True)
class Level:
    title: str
    places: Sequence[Place]


@dataclass(frozen=True)
class SideBySide:
    """Columns in the order of the schemes, the default one first; `wave` is None without numbers."""

    wave: Wave | None
    columns: Sequence[Column]
    standards: Sequence[Standard]
    dimensions: Sequence[Dimension]
    by: Dimension | None
    levels: Sequence[Level]
    is_probability_sample: bool


def side_by_side(survey: Survey, by: str = "") -> SideBySide:
    """The schemes of a survey in its latest wave, its people divided by `by`, else by their city.

    As many queries for many schemes as for one.
    """
    schemes = list(survey.schemes.all())
    specs = [spec_of(scheme) for scheme in schemes]
    dimensions = dimensions_of(specs[0], questions_of(survey)) if specs else ()
    dimension = _chosen(dimensions, by)
    wave, rows = _published(survey, schemes, specs, dimension)
    return SideBySide(
        wave=wave,
        columns=[_column(*each) for each in zip(schemes, specs, rows, strict=True)],
        standards=_standards(specs),
        dimensions=dimensions,
        by=dimension,
        levels=_levels(rows, dimension) if dimension else (),
        is_probability_sample=survey.is_probability_sample,
    )


def _chosen(dimensions: Sequence[Dimension], by: str) -> Dimension | None:
    """The dimension of that name, else the cities, else the first there is."""
    named = [dimension for dimension in dimensions if dimension.name == by]
    cities = [dimension for dimension in dimensions if dimension.is_city]
    return next(iter([*named, *cities, *dimensions]), None)


def _published(
    survey: Survey,
    schemes: Sequence[Scheme],
    specs: Sequence[SchemeSpec],
    dimension: Dimension | None,
) -> tuple[Wave | None, list[Rows]]:
    """The latest wave with interviews, and what is shown of each scheme's estimates of it."""
    sets = EstimateSet.objects.filter(scheme__survey=survey, interviews__gt=0)
    latest = sets.select_related("wave").order_by("-wave__number").first()
    if latest is None:
        return None, [Rows({}, survey.is_probability_sample) for _scheme in schemes]
    scheme_of = dict(sets.filter(wave=latest.wave).values_list("pk", "scheme"))
    found = Estimate.objects.filter(
        set__in=scheme_of,
        by__in={ALL, dimension.name if dimension else ALL},
        variable__in=_shown(specs),
    )
    of: dict[int, list[Estimate]] = {scheme.pk: [] for scheme in schemes}
    for row in found.order_by():
        of[scheme_of[row.set_id]].append(row)
    rows = [Rows.of(of[s.pk], has_interval=survey.is_probability_sample) for s in schemes]
    return latest.wave, rows


def _shown(specs: Sequence[SchemeSpec]) -> set[str]:
    """The few variables of which there is a column: each group has ten times as many."""
    kinds = (Kind.HEADCOUNT, Kind.BREADTH)
    return {INDEX, *(kind.at(spec.headline_k) for spec in specs for kind in kinds)}


def _column(scheme: Scheme, spec: SchemeSpec, rows: Rows) -> Column:
    return Column(
        scheme=scheme,
        k=str(spec.headline_k),
        index=rows.figure(INDEX, ALL, ALL, SCORE),
        headcount=rows.figure(Kind.HEADCOUNT.at(spec.headline_k), ALL, ALL, PERCENT),
        breadth=rows.figure(Kind.BREADTH.at(spec.headline_k), ALL, ALL, SHARE),
    )


def _standards(specs: Sequence[SchemeSpec]) -> list[Standard]:
    titles = {each.name: each for spec in specs for each in spec.standards}
    weights = [{each.name: each.weight for each in spec.standards} for spec in specs]
    return [
        Standard(
            name=name,
            title=title_of(each),
            weights=[_weight(of.get(name, 0)) for of in weights],
        )
        for name, each in titles.items()
    ]


def _weight(basis_points: int) -> Weight:
    return Weight(weight(basis_points), basis_points / 100)


def _levels(columns: Sequence[Rows], dimension: Dimension) -> list[Level]:
    """Every level that a scheme has numbers of, the highest under the first scheme first."""
    codes = dimension.ordered(set().union(*(rows.levels(dimension.name) for rows in columns)))
    places = zip(*_ranked(columns, dimension, codes), strict=True)
    levels = [
        Level(dimension.title_of(code), list(of)) for code, of in zip(codes, places, strict=True)
    ]
    return sorted(levels, key=lambda level: level.places[0].rank or len(levels) + 1)


def _ranked(
    columns: Sequence[Rows], dimension: Dimension, codes: Sequence[str]
) -> Iterator[list[Place]]:
    """The places of all levels under each scheme, moved against the first one."""
    first: list[int | None] = []
    for rows in columns:
        figures = [rows.figure(INDEX, dimension.name, code, SCORE) for code in codes]
        ranks = _ranks(figures)
        first = first or ranks
        yield [
            Place(figure, rank, was - rank if was and rank else 0)
            for figure, rank, was in zip(figures, ranks, first, strict=True)
        ]


def _ranks(figures: Sequence[Figure]) -> list[int | None]:
    """Ranks of what is shown as it is shown: alike numbers share one, no interval means none."""
    shown = [figure.value for figure in figures if figure.interval and figure.value is not None]
    return [
        1 + sum(other > figure.value for other in shown)
        if figure.interval and figure.value is not None
        else None
        for figure in figures
    ]
