"""Weights of a wave made in stages, each kept to be shown: what was drawn, who responded, the margins
that are known, and a limit to how much one person may count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from django.db import transaction

from scoring import scores
from scoring.maths.matrix import Booleans, Floats
from scoring.maths.nonresponse import adjust
from scoring.maths.raking import Margin, RakeCell, numbered, rake
from scoring.maths.trimming import trim
from scoring.maths.weighting import Stage, WeightingError, stage
from scoring.models import Scheme
from scoring.schemes import spec_of
from surveys.errors import gettext_noop
from surveys.models import Interview, Wave, Weight, WeightVersion

UNKNOWN = "–"  # the class of who has no level in a margin: none of any margin's


@dataclass(frozen=True)
class Sample:
    """Everybody who was met and eligible, one entry each."""

    cases: Sequence[int]
    weights: Floats  # before anything was adjusted
    classes: Sequence[str]  # taken to respond alike: the strata
    responded: Booleans
    levels: Sequence[Mapping[str, str | None]]  # by disaggregation, of who responded


@transaction.atomic
def make(
    scheme: Scheme,
    wave: Wave,
    name: str,
    margins: Mapping[str, Mapping[str, float]],
    *,
    base: str = "",
    is_trimmed: bool = True,
) -> WeightVersion:
    """Weigh a wave's respondents, and let scoring use these weights from now on.

    `margins` gives the known numbers of people by disaggregation of the scheme and by level; without
    any, weights are only adjusted for those who did not respond. `base` names the weight version to
    start from; without it, each site's design weight. Raises `WeightingError`; nothing changes then.
    """
    if WeightVersion.objects.filter(wave=wave, name=name).exists():
        raise WeightingError(
            gettext_noop("There are weights “%(name)s” already; choose another name."), name=name
        )
    sample = _sample(scheme, wave, base)
    adjusted = adjust(sample.weights, sample.classes, sample.responded).weights
    stages = [stage("design", sample.weights), stage("response", adjusted)]
    who: list[int] = np.flatnonzero(sample.responded).tolist()
    weights = adjusted[who]
    if margins:
        cells = [_rake_cell(sample.levels[person], margins) for person in who]
        weights, raked = _raked(weights, cells, margins, is_trimmed=is_trimmed)
        stages += raked
    return _keep(wave, name, [sample.cases[person] for person in who], weights, stages)


def current(wave: Wave) -> WeightVersion | None:
    """The weights that scoring uses in a wave; None is the design weights of the sites."""
    return WeightVersion.objects.filter(wave=wave, is_current=True).first()


def by_case(version: int | None) -> dict[int, float]:
    """The weights of a version's cases; whoever has none counts for the site's design weight."""
    rows = Weight.objects.filter(version=version).values_list("case", "value")
    return dict(rows) if version else {}


def _sample(scheme: Scheme, wave: Wave, base: str) -> Sample:
    met = Interview.objects.filter(wave=wave, is_practice=False).exclude(
        state__in=(Interview.State.REJECTED, Interview.State.QUARANTINED)
    )
    placed = met.filter(case__isnull=False, site__isnull=False).select_related("site")
    people = {one.case_id: one for one in placed.order_by("pk") if one.case_id}  # the latest each
    if not people:
        raise WeightingError(gettext_noop("Nobody was interviewed yet."))
    known = _known(wave, base)
    sites = [(case, one.site) for case, one in people.items() if one.site]
    return Sample(
        cases=list(people),
        weights=np.array([known.get(case, site.design_weight) for case, site in sites]),
        classes=[site.stratum for _, site in sites],
        responded=np.array([one.outcome != Interview.Outcome.REFUSED for one in people.values()]),
        levels=_levels(scheme, wave, people.values()),
    )


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


def _known(wave: Wave, base: str) -> dict[int, float]:
    """The weights by case of the version to start from."""
    if not base:
        return {}
    version = WeightVersion.objects.filter(wave=wave, name=base).first()
    if version is None:
        raise WeightingError(gettext_noop("There are no weights “%(name)s”."), name=base)
    return by_case(version.pk)


def _rake_cell(levels: Mapping[str, str | None], margins: Mapping[str, object]) -> RakeCell:
    return tuple(levels.get(name) or UNKNOWN for name in margins)


def _raked(
    weights: Floats,
    cells: Sequence[RakeCell],
    margins: Mapping[str, Mapping[str, float]],
    *,
    is_trimmed: bool,
) -> tuple[Floats, list[Stage]]:
    known = [Margin(name, targets) for name, targets in margins.items()]
    distinct, cell = numbered(cells)
    raking = rake(known, distinct, np.bincount(cell, weights).astype(np.float64))
    raked = np.asarray(weights * raking.factors[cell])
    stages = [stage("raking", raked)]
    if is_trimmed:
        raked = trim(weights, cells, known).weights
        stages.append(stage("trimming", raked))
    return raked, stages


def _keep(
    wave: Wave, name: str, cases: Sequence[int], weights: Floats, stages: Sequence[Stage]
) -> WeightVersion:
    """Store the weights as the wave's current ones; scoring finds by itself which sites they touch."""
    WeightVersion.objects.filter(wave=wave, is_current=True).update(is_current=False)
    version = WeightVersion.objects.create(
        wave=wave, name=name, is_current=True, stages=[asdict(one) for one in stages]
    )
    Weight.objects.bulk_create(
        Weight(version=version, case_id=case, value=value)
        for case, value in zip(cases, weights.tolist(), strict=True)
    )
    return version
