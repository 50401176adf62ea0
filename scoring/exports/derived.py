"""What a scheme makes of each interview, beside its answers: scores, who is poor, what is lacking."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from math import isnan
from typing import NamedTuple, TypeAlias

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from scoring import cells, scores
from scoring.dashboard.questions import questions_of
from scoring.dashboard.variables import variables_of
from scoring.maths.kinds import Kind
from scoring.maths.matrix import Bytes, Floats, Integers
from scoring.maths.person import PersonScores, score_people
from scoring.maths.scheme import SchemeSpec
from scoring.maths.variable import meanings
from scoring.models import Scheme, SiteCells
from scoring.schemes import default_of, questionnaires_of, spec_of
from surveys.exports.catalogue import Order
from surveys.exports.derived import Derived, Met, in_languages
from surveys.variables.variable import Kind as Type
from surveys.variables.variable import Variable

Place: TypeAlias = tuple[int, int]  # wave, site

IN_ESTIMATES, SCHEME, MET = "in_estimates", "scheme", "met"
YES = "1"
KEPT = 500_000  # people: about 25 MB
TYPES: Mapping[Kind, Type] = {  # the kinds of numbers that a person has too
    Kind.INDEX: Type.DECIMAL,
    Kind.STANDARD: Type.DECIMAL,
    Kind.CORE: Type.DECIMAL,
    Kind.SHARE: Type.DECIMAL,
    Kind.HEADCOUNT: Type.FLAG,
    Kind.UNCENSORED: Type.FLAG,
}
NAMES = {Kind.HEADCOUNT: "poor", Kind.UNCENSORED: "lacks"}  # instead of a letter for many people


class Score(NamedTuple):
    """Something that each person has: what it is called, what it is to be published as, its type."""

    name: str
    published: str
    type: Type


class Judged(NamedTuple):
    """A site's people: the rising keys of their interviews (people,) and item scores (people, items)."""

    interviews: Integers
    items: Bytes

    def items_of(self, interview: int) -> Bytes | None:
        """Array (items,); None for who does not enter the estimates."""
        at = int(np.searchsorted(self.interviews, interview))
        is_there = at < len(self.interviews) and self.interviews[at] == interview
        return self.items[at] if is_there else None


@dataclass
class Reading:
    """Reads what a scheme makes of a page of interviews at a time, whatever order they come in.

    Sites are kept for the next page, while they are of no more people than `KEPT`; beyond, those of
    the last page.
    """

    scheme: Scheme
    sites: dict[Place, Judged] = field(default_factory=dict)

    def __call__(self, page: Sequence[Met]) -> list[tuple[str, ...]]:
        self._look_at({(m.wave, m.site) for m in page if m.wave is not None and m.site is not None})
        found = [self._items_of(met) for met in page]
        judged = [items for items in found if items is not None]
        rows = iter(self._rows(np.stack(judged)) if judged else ())
        nothing = ["0", *([""] * (len(self.scores) + 2))]
        return list(
            zip(*(nothing if items is None else next(rows) for items in found), strict=True)
        )

    @cached_property
    def spec(self) -> SchemeSpec:
        return spec_of(self.scheme)

    @cached_property
    def scores(self) -> Sequence[Score]:
        return scores_of(self.spec)

    def _look_at(self, places: set[Place]) -> None:
        new = places - self.sites.keys()
        if sum(len(judged.interviews) for judged in self.sites.values()) > KEPT:
            self.sites = {place: self.sites[place] for place in places & self.sites.keys()}
        self.sites |= {place: judged for place, judged in self._read(new) if place in new}

    def _read(self, places: Collection[Place]) -> Iterator[tuple[Place, Judged]]:
        found = summed_at(self.scheme, places)
        for wave, site, keys, codes in found.values_list("wave", "site", "interviews", "items"):
            interviews = np.frombuffer(keys, scores.KEYS).astype(np.int64)
            items = np.frombuffer(codes, dtype=np.uint8).reshape(len(interviews), -1)
            yield (wave, site), Judged(interviews, items)

    def _items_of(self, met: Met) -> Bytes | None:
        judged = self.sites.get((met.wave or 0, met.site or 0))
        return judged.items_of(met.interview) if judged else None

    def _rows(self, items: Bytes) -> Iterator[list[str]]:
        """The cells of people who were judged, from their item scores (people, items)."""
        people = score_people(self.spec, items)
        published = columns_of(people)
        columns = [_texts(published[score.published], score.type) for score in self.scores]
        for met, *row in zip(_texts(people.met, Type.INTEGER), *columns, strict=True):
            yield [YES, self.scheme.name, *row, met]


def scores_for(order: Order) -> Iterator[Derived]:
    """What the scheme makes of the interviews; nothing where there is none."""
    scheme = scheme_for(order)
    if scheme:
        yield Derived(tuple(_variables(order, scheme)), Reading(scheme))


def scheme_for(order: Order) -> Scheme | None:
    """The survey's default scheme, where it judges the questionnaire."""
    scheme = default_of(order.survey)
    is_judged = scheme and order.questionnaire.pk in questionnaires_of(scheme)
    return scheme if is_judged else None


def scores_of(spec: SchemeSpec) -> list[Score]:
    """All scores that a person has, in the order in which to show them."""
    return [
        Score(_name(name, meaning.kind), name, TYPES[meaning.kind])
        for name, meaning in meanings(spec).items()
        if meaning.kind in TYPES
    ]


def columns_of(people: PersonScores) -> dict[str, Floats]:
    """Everybody's part in each published number, arrays (people,); NaN is not a valid case."""
    weighed = people.weighed(np.ones(people.items.people))
    return {name: column for part in weighed for name, column in part.columns.items()}


def summed_at(scheme: Scheme, places: Collection[Place]) -> QuerySet[SiteCells]:
    """The sites at these places, and perhaps at others, whose people the estimates are made of."""
    waves, sites = {wave for wave, _ in places}, {site for _, site in places}
    layout = cells.layout_of(scheme)
    return scheme.sites.filter(wave__in=waves, site__in=sites, layout=layout, people__gt=0)


def _name(published: str, kind: Kind) -> str:
    if kind not in NAMES:
        return published
    return f"{NAMES[kind]}_{published.removeprefix(kind.beginning)}"


def _variables(order: Order, scheme: Scheme) -> Iterator[Variable]:
    enters = in_languages(order, lambda: _("Enters the estimates"))
    yield Variable("", IN_ESTIMATES, Type.FLAG, enters, choice=YES)
    yield Variable("", SCHEME, Type.TEXT, in_languages(order, lambda: _("Scoring scheme")))
    titles = in_languages(order, partial(_titles, scheme))
    for score in scores_of(spec_of(scheme)):
        labels = {code: said[score.published] for code, said in titles.items()}
        yield Variable("", score.name, score.type, labels, choice=YES)
    met = in_languages(order, lambda: _("How many standards are met"))
    yield Variable("", MET, Type.INTEGER, met)


def _titles(scheme: Scheme) -> dict[str, str]:
    questions = questions_of(scheme.survey)
    return {name: v.title() for name, v in variables_of(spec_of(scheme), questions).items()}


def _texts(column: Floats, type_: Type) -> list[str]:
    write = repr if type_ is Type.DECIMAL else _whole
    return ["" if isnan(value) else write(value) for value in column.tolist()]


def _whole(value: float) -> str:
    return str(int(value))
