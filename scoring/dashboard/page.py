"""Everything the dashboard shows, built from estimates alone: what HTML, JSON and charts render."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from scoring.dashboard.cities import City, compare_cities
from scoring.dashboard.composition import Composition, composition_of
from scoring.dashboard.figures import PERCENT, SCORE, SHARE, Figure, weight
from scoring.dashboard.groups import Group, chosen, groups_in, groups_of
from scoring.dashboard.names import Dimension, title_of
from scoring.dashboard.questions import Questions
from scoring.dashboard.rows import Rows
from scoring.maths.cells import ALL, Domain
from scoring.maths.kinds import INDEX, Kind
from scoring.maths.scheme import SchemeSpec, StandardSpec
from scoring.models import Estimate, EstimateSet
from surveys.models import Interview, Survey
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
    name: str
    title: str
    is_in_index: bool
    score: Figure


@dataclass(frozen=True)
class Threshold:
    """Who is not integrated at the cutoff `k`: how many (H), how broadly (A), both together (M0)."""

    k: float
    title: str
    is_headline: bool
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
class Page:
    """`index`, `standards`, `thresholds` and `composition` are of the chosen group, the rest is of
    everyone. `waves` counts those with estimates."""

    is_probability_sample: bool
    group: Group
    groups: Mapping[str, Sequence[Group]]  # to choose from, by the way to divide
    provenance: Provenance
    progress: Progress
    index: Figure
    overall: Figure
    standards: Sequence[Standard]
    thresholds: Sequence[Threshold]
    composition: Composition | None
    cities: Sequence[City]
    days: Sequence[Day]
    groupings: Sequence[Grouping]
    waves: int

    @property
    def headline(self) -> Threshold:
        return next(threshold for threshold in self.thresholds if threshold.is_headline)

    @property
    def in_index(self) -> list[Standard]:
        return [standard for standard in self.standards if standard.is_in_index]

    @property
    def city_df(self) -> int | None:
        """The fewest degrees of freedom of a city."""
        return min((c.index.df for c in self.cities if c.index.df is not None), default=None)


def build_page(
    survey: Survey,
    made: EstimateSet,
    estimates: Iterable[Estimate],
    *,
    spec: SchemeSpec,
    dimensions: Sequence[Dimension],
    questions: Questions,
    people: str,
    target: int,
    today: date,
    waves: int = 1,
) -> Page:
    """The page of a set of estimates for the group with the key `people`, or for everyone.

    Asks the database for nothing.
    """
    rows = Rows.of(estimates, has_interval=survey.is_probability_sample)
    groups = groups_of(dimensions, rows.levels)
    group = chosen(groups, people)
    return Page(
        is_probability_sample=survey.is_probability_sample,
        group=group,
        groups=groups,
        provenance=_provenance(made, spec),
        progress=_progress(made, rows, target, today),
        index=rows.figure(INDEX, group.by, group.level, SCORE),
        overall=rows.figure(INDEX, ALL, ALL, SCORE),
        standards=[_standard(rows, each, group) for each in spec.standards],
        thresholds=[_threshold(rows, k, group, spec.headline_k) for k in spec.k_list],
        composition=composition_of(rows, spec, questions, Domain(group.by, group.level)),
        cities=_cities(rows, dimensions, spec),
        days=every_day({date.fromisoformat(day): n for day, n in rows.interviews("day").items()}),
        groupings=_groupings(rows, dimensions),
        waves=waves,
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
    outcomes = rows.interviews("outcome")
    return Progress(
        done=made.interviews,
        target=target,
        today=rows.interviews("day").get(today.isoformat(), 0),
        outcomes={
            str(outcome.label): outcomes[outcome]
            for outcome in Interview.Outcome
            if outcome in outcomes
        },
    )


def _standard(rows: Rows, standard: StandardSpec, group: Group) -> Standard:
    return Standard(
        name=standard.name,
        title=title_of(standard),
        is_in_index=bool(standard.weight),
        score=rows.figure(standard.name, group.by, group.level, SCORE),
    )


def _threshold(rows: Rows, k: Fraction, group: Group, headline: Fraction) -> Threshold:
    place = (group.by, group.level)
    return Threshold(
        k=float(k),
        title=str(k),
        is_headline=k == headline,
        headcount=rows.figure(Kind.HEADCOUNT.at(k), *place, PERCENT),
        intensity=rows.figure(Kind.INTENSITY.at(k), *place, PERCENT),
        breadth=rows.figure(Kind.BREADTH.at(k), *place, SHARE),
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
