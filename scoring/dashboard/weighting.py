"""Weights that whoever copies a scheme may start from: equal ones, those of ranks, those people gave."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from scoring import rankings
from scoring.dashboard.figures import p_value
from scoring.dashboard.questions import questions_of
from scoring.maths.ranking import Method, Strength, basis_points, by_rank
from scoring.maths.scheme import SchemeSpec
from scoring.models import Scheme
from scoring.rankings import Ranking, RankingRefused, Way
from scoring.schemes import spec_of
from surveys.wording import in_words


@dataclass(frozen=True)
class Start:
    """Weights in basis points by standard; `key` is what a choice of them is sent as."""

    key: str
    title: str
    weights: Mapping[str, int]

    @property
    def preview(self) -> str:
        return " · ".join(f"{points / 100:.2f}" for points in self.weights.values())


@dataclass(frozen=True)
class Asked:
    """A question in which people ranked the standards; `refusal` says why there are no weights of it."""

    name: str
    label: str
    people: int = 0
    w: str = ""
    agreement: str = ""
    p: str = ""
    order: Sequence[str] = ()
    starts: Sequence[Start] = ()
    refusal: str = ""


@dataclass(frozen=True)
class Starts:
    usual: Sequence[Start]
    asked: Sequence[Asked]

    def find(self, key: str) -> Start | None:
        found = [*self.usual, *(start for each in self.asked for start in each.starts)]
        return next((start for start in found if start.key == key), None)


def starts_of(scheme: Scheme) -> Starts:
    """The usual weights, and those of every ranking that the survey asks for, in its latest wave."""
    spec, words = spec_of(scheme), questions_of(scheme.survey)
    questions = rankings.questions_of(scheme.survey)
    asked = [_asked(scheme, each.name, words[each.name].label) for each in questions]
    return Starts(usual_of(spec), asked)


def usual_of(spec: SchemeSpec) -> list[Start]:
    """Equal weights, and those of the standards' ranks where every weighted standard has one."""
    names = [standard.name for standard in spec.weighted]
    ranks = [standard.rank for standard in spec.weighted if standard.rank is not None]
    titles = {
        Method.EQUAL: _("Equal"),
        Method.RANK_SUM: _("Rank sum"),
        Method.CENTROID: _("Rank-order centroid"),
    }
    equal = {Method.EQUAL: np.ones(len(names))}
    ranked = {how: np.array(ranks, dtype=np.float64) for how in titles if how not in equal}
    if len(ranks) == len(names):
        equal |= ranked
    return [
        Start(how.value, titles[how], _by_name(names, basis_points(by_rank(how, given))))
        for how, given in equal.items()
    ]


def _by_name(names: Iterable[str], points: Iterable[int]) -> dict[str, int]:
    return dict(zip(names, points, strict=True))


def _asked(scheme: Scheme, name: str, label: str) -> Asked:
    wave = scheme.survey.waves.begun().first()
    if wave is None:
        return Asked(name, label, refusal=_("No fieldwork has begun."))
    try:
        return _answered(rankings.ranking(scheme, wave, name), label)
    except RankingRefused as error:
        return Asked(name, label, refusal=in_words(error))


def _answered(found: Ranking, label: str) -> Asked:
    agreement = found.agreement
    return Asked(
        name=found.question,
        label=label,
        people=agreement.people,
        w=f"{agreement.w:.2f}",
        agreement=_strengths()[Strength.of(agreement.w)],
        p=p_value(agreement.p),
        order=[found.standards[place] for place in agreement.order],
        starts=[
            Start(f"{found.question}:{way.value}", title, found.weights[way])
            for way, title in _ways().items()
        ],
    )


def _strengths() -> Mapping[Strength, str]:
    return {
        Strength.WEAK: _("weak agreement"),
        Strength.MODERATE: _("moderate agreement"),
        Strength.STRONG: _("strong agreement"),
    }


def _ways() -> Mapping[Way, str]:
    return {
        Way.RANK_SUM: _("Rank sum of the order"),
        Way.CENTROID: _("Rank-order centroid of the order"),
        Way.RECIPROCAL: _("Reciprocal of the order"),
        Way.EACH_RANK_SUM: _("Mean of each person's rank sums"),
        Way.EACH_CENTROID: _("Mean of each person's centroids"),
    }
