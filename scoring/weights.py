"""Weights of a wave made in stages, each kept to be shown: what was drawn, who responded, the margins
that are known, and a limit to how much one person may count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction

from scoring import scores
from scoring.maths.matrix import Booleans, Floats
from scoring.maths.nonresponse import adjust
from scoring.maths.raking import Margin, RakeCell, numbered, rake
from scoring.maths.trimming import trim
from scoring.maths.weighting import Stage, WeightingError, stage
from scoring.models import Scheme
from scoring.schemes import require_division, spec_of
from surveys.errors import gettext_noop
from surveys.models import Case, Interview, Wave, Weight, WeightVersion
from surveys.models.fieldwork import MOST_PEOPLE
from surveys.sampling.outcomes import Outcome
from surveys.sampling.response import Selected, responses

ByCase: TypeAlias = Mapping[int, float]

NONE = "–"  # where names are listed
UNKNOWN = "–"  # the class of who has no level in a margin: none of any margin's


@dataclass(frozen=True)
class Sample:
    """Everybody who is eligible, one entry each: who was selected beforehand, or else who was met."""

    cases: Sequence[int]
    weights: Floats  # before anything was adjusted
    classes: Sequence[str]  # taken to respond alike
    responded: Booleans
    levels: Sequence[Mapping[str, str | None]]  # by disaggregation, of who responded


@transaction.atomic
def make(
    scheme: Scheme,
    wave: Wave,
    name: str,
    margins: Sequence[Margin],
    *,
    base: str = "",
    is_trimmed: bool = True,
) -> WeightVersion:
    """Weigh a wave's respondents, and let scoring use these weights from now on.

    `margins` gives the known numbers of people by disaggregation of the scheme and by level; without
    any, weights are only adjusted for those who did not respond. `base` names the weight version to
    start from; without it, each site's design weight. Raises `WeightingError`, or `UnknownDivision` for a
    margin that the scheme does not know; nothing changes then.
    """
    _one_at_a_time(wave.pk)
    _check_name(wave, name)
    for margin in margins:
        require_division(scheme, margin.name)
    sample = _sample(scheme, wave, base)
    adjusted = adjust(sample.weights, sample.classes, sample.responded).weights
    stages = [stage("design", sample.weights), stage("response", adjusted)]
    who: list[int] = np.flatnonzero(sample.responded).tolist()
    weights = adjusted[who]
    if margins:
        cells = [_rake_cell(sample.levels[person], margins) for person in who]
        weights, raked = _raked(weights, cells, margins, is_trimmed=is_trimmed)
        stages += raked
    _check_most(float(weights.max()))
    return _keep(wave, name, [sample.cases[person] for person in who], weights, stages)


@transaction.atomic
def use(version: WeightVersion) -> None:
    """Let scoring use these weights of a wave, made earlier, from now on, and no others.

    Scoring finds by itself which sites they touch.
    """
    _one_at_a_time(version.wave_id)
    versions = WeightVersion.objects.filter(wave=version.wave_id)
    versions.filter(is_current=True).exclude(pk=version.pk).update(is_current=False)
    versions.filter(pk=version.pk).update(is_current=True)
    version.is_current = True


def find(wave: Wave, name: str) -> WeightVersion:
    """The weights of that name. Raises `WeightingError` naming those that there are."""
    version = WeightVersion.objects.filter(wave=wave, name=name).first()
    if version is None:
        raise WeightingError(
            gettext_noop("There are no weights “%(name)s”. There are: %(names)s."),
            name=name,
            names=", ".join(wave.weight_versions.order_by("pk").values_list("name", flat=True))
            or NONE,
        )
    return version


def current(wave: Wave) -> WeightVersion | None:
    """The weights that scoring uses in a wave; None is the design weights of the sites."""
    return WeightVersion.objects.filter(wave=wave, is_current=True).first()


def by_case(version: WeightVersion | int | None) -> ByCase:
    """The weights of a version's cases; whoever has none counts for the site's design weight."""
    rows = Weight.objects.filter(version=version).values_list("case", "value")
    return dict(rows) if version else {}


def _check_name(wave: Wave, name: str) -> None:
    try:
        WeightVersion._meta.get_field("name").clean(name, None)
    except ValidationError as error:
        raise WeightingError(
            gettext_noop("Give the weights a name of 1 to 50 letters a to z, digits, - and _.")
        ) from error
    if WeightVersion.objects.filter(wave=wave, name=name).exists():
        raise WeightingError(
            gettext_noop("There are weights “%(name)s” already; choose another name."), name=name
        )


def _check_most(weight: float) -> None:
    if weight > MOST_PEOPLE:
        raise WeightingError(
            gettext_noop(
                "One interview would stand for %(weight)s people, more than %(most)s; "
                "check the numbers of the margins."
            ),
            weight=f"{weight:.3g}",
            most=f"{MOST_PEOPLE:,}",
        )


def _one_at_a_time(wave: int) -> None:
    """Wait for whoever makes weights of the wave current; interviews may come in meanwhile."""
    Wave.objects.select_for_update(no_key=True).get(pk=wave)


def _sample(scheme: Scheme, wave: Wave, base: str) -> Sample:
    met = Interview.objects.standing().filter(wave=wave, is_practice=False)
    placed = met.filter(case__isnull=False, site__isnull=False).select_related("site")
    people = {one.case_id: one for one in placed.order_by("pk") if one.case_id}  # the latest each
    if not people:
        raise WeightingError(gettext_noop("Nobody was interviewed yet."))
    known = by_case(find(wave, base)) if base else {}
    if Case.objects.listed().filter(wave=wave).exists():
        return _of_listed(scheme, wave, people, known)
    sites = [(case, one.site) for case, one in people.items() if one.site]
    return Sample(
        cases=list(people),
        weights=np.array([known.get(case, site.design_weight) for case, site in sites]),
        classes=[site.stratum for _, site in sites],
        responded=np.array([one.outcome != Interview.Outcome.REFUSED for one in people.values()]),
        levels=_levels(scheme, wave, people.values()),
    )


def _of_listed(
    scheme: Scheme, wave: Wave, people: Mapping[int, Interview], known: ByCase
) -> Sample:
    """Everybody who was selected beforehand and is eligible, and whoever was met besides: also who
    was never met is stood for, in classes of stratum and site that have enough respondents.
    """
    found = responses(_selected(wave, people, known))
    levels = _levels(scheme, wave, people.values())
    own = dict(zip(people, levels, strict=True))
    return Sample(
        cases=found.cases,
        weights=np.array(found.weights),
        classes=found.classes,
        responded=np.array(found.responded),
        levels=[own.get(case, {}) for case in found.cases],
    )


def _selected(wave: Wave, people: Mapping[int, Interview], known: ByCase) -> Iterator[Selected]:
    """By what counts now of interviews; without one, by what is written down of the attempts."""
    listed = (
        Case.objects.listed()
        .filter(wave=wave)
        .order_by("pk")
        .values_list("pk", "outcome", "site__design_weight", "site__stratum", "site__code")
    )
    seen = set()
    for case, outcome, weight, stratum, site in listed:
        seen.add(case)
        met = people.get(case)
        became = Outcome(met.outcome) if met else _without_interview(Outcome(outcome))
        yield Selected(case, known.get(case, weight), became, (stratum, site))
    for case, met in people.items():
        if case not in seen and met.site:
            weight, levels = met.site.design_weight, (met.site.stratum, met.site.code)
            yield Selected(case, known.get(case, weight), Outcome(met.outcome), levels)


def _without_interview(outcome: Outcome) -> Outcome:
    """An interview that does not count by the rule of the survey was with somebody eligible."""
    return Outcome.BROKEN_OFF if outcome.group.is_interview else outcome


def _levels(
    scheme: Scheme, wave: Wave, people: Iterable[Interview]
) -> list[Mapping[str, str | None]]:
    """Everybody's levels, from the scores; those of the design from the sites."""
    known = {person.interview: person.levels for _, person in scores.everybody(scheme, wave)}
    columns = [by for by in spec_of(scheme).disaggregations if by.is_design_column]
    return [
        known.get(one.pk, {}) | {by.name: getattr(one.site, by.source, None) for by in columns}
        for one in people
    ]


def _rake_cell(levels: Mapping[str, str | None], margins: Iterable[Margin]) -> RakeCell:
    return tuple(levels.get(margin.name) or UNKNOWN for margin in margins)


def _raked(
    weights: Floats,
    cells: Sequence[RakeCell],
    margins: Sequence[Margin],
    *,
    is_trimmed: bool,
) -> tuple[Floats, list[Stage]]:
    distinct, cell = numbered(cells)
    raking = rake(margins, distinct, np.bincount(cell, weights).astype(np.float64))
    raked = np.asarray(weights * raking.factors[cell])
    stages = [stage("raking", raked)]
    if is_trimmed:
        raked = trim(weights, cells, margins).weights
        stages.append(stage("trimming", raked))
    return raked, stages


def _keep(
    wave: Wave, name: str, cases: Sequence[int], weights: Floats, stages: Sequence[Stage]
) -> WeightVersion:
    """Store the weights as the wave's current ones."""
    version = WeightVersion.objects.create(
        wave=wave, name=name, stages=[asdict(one) for one in stages]
    )
    Weight.objects.bulk_create(
        Weight(version=version, case_id=case, value=value)
        for case, value in zip(cases, weights.tolist(), strict=True)
    )
    use(version)
    return version
