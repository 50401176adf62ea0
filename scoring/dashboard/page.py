"""Everything the dashboard shows, built from estimates alone: what HTML, JSON and charts render."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

from scoring.dashboard.cities import City, compare_cities
from scoring.dashboard.composition import Composition, composition_of
from scoring.dashboard.figures import PERCENT, SCORE, SHARE, Figure, figure, weight
from scoring.dashboard.groups import Group, chosen, found, groups_in, groups_of
from scoring.dashboard.layers import Layer, Open, Ranks, layers_of, with_ranks
from scoring.dashboard.names import Dimension, title_of, wave_title
from scoring.dashboard.questions import Questions
from scoring.dashboard.rows import Rows
from scoring.maths.cells import ALL, Domain
from scoring.maths.kinds import INDEX, Kind
from scoring.maths.scheme import SchemeSpec, StandardSpec
from scoring.models import Estimate, EstimateSet
from surveys.models import Interview
from surveys.models.named import in_language


@dataclass(frozen=True)
class Provenance:
    """What the numbers were computed from; `weights` is each standard's share of the index."""

    computed_at: datetime
    interviews: int
    scheme: str
    weights: Mapping[str, str]
    form_versions: Sequence[str]
    weight_version: str
    psus: int
    note: str


@dataclass(frozen=True)
class Progress:
    """How far the fieldwork is."""

    done: int
    target: int
    today: int
    outcomes: Mapping[str, int]

    @property
    def percent(self) -> int | None:
        return round(100 * self.done / self.target) if self.target else None


@dataclass(frozen=True)
class Standard:
    """`beside` is the score of the group that is shown beside the chosen one, if there is one."""

    name: str
    title: str
    is_in_index: bool
    score: Figure
    beside: Figure | None = None


@dataclass(frozen=True)
class Threshold:
    """Who is not integrated at the cutoff `k`: how many (H), how broadly (A), both together (M0)."""

    k: float
    title: str
    is_headline: bool
    is_chosen: bool
    headcount: Figure
    intensity: Figure
    breadth: Figure


@dataclass(frozen=True)
class Level:
    title: str
    index: Figure


@dataclass(frozen=True)
class Grouping:
    """Everybody divided in one way."""

    name: str
    title: str
    levels: Sequence[Level]


@dataclass(frozen=True)
class Day:
    date: date
    interviews: int


@dataclass(frozen=True)
class WaveFigure:
    """The index in one wave."""

    key: str
    title: str
    index: Figure
    is_chosen: bool


@dataclass(frozen=True)
class Look:
    """What of a set of estimates a person asks to see, as addresses name it; blank for the usual."""

    people: str = ""
    beside: str = ""
    k: str = ""
    ranks: str = ""


@dataclass(frozen=True)
class Page:
    """`index`, `standards`, `thresholds`, `composition` and `trend` are of the chosen group, the rest
    is of everyone. `trend` is empty where there is one wave."""

    is_probability_sample: bool
    group: Group
    beside: Group | None
    groups: Mapping[str, Sequence[Group]]  # to choose from, by the way to divide
    provenance: Provenance
    progress: Progress
    index: Figure
    overall: Figure
    standards: Sequence[Standard]
    thresholds: Sequence[Threshold]
    composition: Composition | None
    cities: Sequence[City]
    layers: Sequence[Layer]  # by which the ranks of cities are open; empty where none is computed
    days: Sequence[Day]
    groupings: Sequence[Grouping]
    trend: Sequence[WaveFigure]

    @property
    def headline(self) -> Threshold:
        return next(threshold for threshold in self.thresholds if threshold.is_headline)

    @property
    def threshold(self) -> Threshold:
        """The one at the chosen cutoff."""
        return next(threshold for threshold in self.thresholds if threshold.is_chosen)

    @property
    def in_index(self) -> list[Standard]:
        return [standard for standard in self.standards if standard.is_in_index]

    @property
    def city_df(self) -> int | None:
        """The fewest degrees of freedom of a city."""
        return min((c.index.df for c in self.cities if c.index.df is not None), default=None)


def build_page(
    made: EstimateSet,
    estimates: Iterable[Estimate],
    *,
    is_probability_sample: bool,
    spec: SchemeSpec,
    dimensions: Sequence[Dimension],
    questions: Questions,
    target: int,
    today: date,
    look: Look,
    waves: Iterable[tuple[EstimateSet, Estimate | None]] = (),
    ranks: Open = MappingProxyType({}),
) -> Page:
    """The page of a set of estimates for the group of the look, or for everyone.

    `waves` are all sets and the group's index in each, `ranks` those open to cities. Asks the database for nothing.
    """
    rows = Rows.of(estimates, has_interval=is_probability_sample)
    groups = groups_of(dimensions, rows.levels)
    group, other = chosen(groups, look.people), found(groups, look.beside)
    beside = other if other != group else None
    return Page(
        is_probability_sample=is_probability_sample,
        group=group,
        beside=beside,
        groups=groups,
        provenance=_provenance(made, spec),
        progress=_progress(made, rows, target, today),
        index=rows.figure(INDEX, group.by, group.level, SCORE),
        overall=rows.figure(INDEX, ALL, ALL, SCORE),
        standards=[_standard(rows, each, group, beside) for each in spec.standards],
        thresholds=_thresholds(rows, spec, group, look.k),
        composition=composition_of(rows, spec, questions, Domain(group.by, group.level)),
        cities=_ranked(_cities(rows, dimensions, spec), ranks.get(look.ranks)),
        layers=layers_of(ranks, look.ranks),
        days=every_day({date.fromisoformat(day): n for day, n in rows.interviews("day").items()}),
        groupings=_groupings(rows, dimensions),
        trend=[
            _wave(each, index, made, has_interval=is_probability_sample) for each, index in waves
        ],
    )


def _provenance(made: EstimateSet, spec: SchemeSpec) -> Provenance:
    return Provenance(
        computed_at=made.computed_at,
        interviews=made.interviews,
        scheme=spec.weighting,
        weights={standard.name: weight(standard.weight) for standard in spec.weighted},
        form_versions=made.form_versions,
        weight_version=made.weight_version,
        psus=made.psus,
        note=in_language(spec.note_en, spec.note_zh),
    )


def _progress(made: EstimateSet, rows: Rows, target: int, today: date) -> Progress:
    return Progress(
        done=made.interviews,
        target=target,
        today=rows.interviews("day").get(today.isoformat(), 0),
        outcomes=named_outcomes(rows.interviews("outcome")),
    )


def named_outcomes(outcomes: Mapping[str, int]) -> dict[str, int]:
    """How many interviews ended in which way, by the name of the outcome, in the usual order."""
    return {str(one.label): outcomes[one] for one in Interview.Outcome if one in outcomes}


def _standard(rows: Rows, standard: StandardSpec, group: Group, beside: Group | None) -> Standard:
    return Standard(
        name=standard.name,
        title=title_of(standard),
        is_in_index=bool(standard.weight),
        score=rows.figure(standard.name, group.by, group.level, SCORE),
        beside=rows.figure(standard.name, beside.by, beside.level, SCORE) if beside else None,
    )


def _thresholds(rows: Rows, spec: SchemeSpec, group: Group, asked: str) -> list[Threshold]:
    """All cutoffs; the one asked for is chosen, or the headline."""
    k = next((k for k in spec.k_list if str(k) == asked), spec.headline_k)
    return [_threshold(rows, each, group, spec.headline_k, k) for each in spec.k_list]


def _threshold(
    rows: Rows, k: Fraction, group: Group, headline: Fraction, asked: Fraction
) -> Threshold:
    place = (group.by, group.level)
    return Threshold(
        k=float(k),
        title=str(k),
        is_headline=k == headline,
        is_chosen=k == asked,
        headcount=rows.figure(Kind.HEADCOUNT.at(k), *place, PERCENT),
        intensity=rows.figure(Kind.INTENSITY.at(k), *place, PERCENT),
        breadth=rows.figure(Kind.BREADTH.at(k), *place, SHARE),
    )


def _wave(
    made: EstimateSet, index: Estimate | None, shown: EstimateSet, *, has_interval: bool
) -> WaveFigure:
    has_interval = has_interval and made.is_probability_sample
    return WaveFigure(
        key=str(made.wave.number),
        title=wave_title(made.wave),
        index=figure(index, SCORE, has_interval=has_interval),
        is_chosen=made == shown,
    )


def every_day(counts: Mapping[date, int]) -> list[Day]:
    """Every day from the first to the last with an interview; a day between them may have none."""
    if not counts:
        return []
    first, last = min(counts), max(counts)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Day(day, counts.get(day, 0)) for day in days]


def _cities(rows: Rows, dimensions: Sequence[Dimension], spec: SchemeSpec) -> list[City]:
    in_index = [standard.name for standard in spec.weighted]
    of_cities = (dimension for dimension in dimensions if dimension.is_city)
    return [city for by in of_cities for city in compare_cities(rows, by, in_index)]


def _ranked(cities: Sequence[City], ranks: Ranks | None) -> Sequence[City]:
    return cities if ranks is None else with_ranks(cities, ranks)


def _groupings(rows: Rows, dimensions: Sequence[Dimension]) -> list[Grouping]:
    """All ways to divide people into several groups, but for cities, which are ranked."""
    found = (_grouping(rows, dimension) for dimension in dimensions if not dimension.is_city)
    return [grouping for grouping in found if len(grouping.levels) > 1]


def _grouping(rows: Rows, dimension: Dimension) -> Grouping:
    return Grouping(
        name=dimension.name,
        title=dimension.title,
        levels=[
            Level(group.title, rows.figure(INDEX, group.by, group.level, SCORE))
            for group in groups_in(dimension, rows.levels)
        ],
    )
