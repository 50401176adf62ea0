"""From a sampling frame to sites: what a plan would draw, the sample drawn and kept."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from surveys.errors import SurveyError, gettext_noop
from surveys.models import City, Draw, DrawnUnit, Site, Survey
from surveys.models.fieldwork import MOST_PEOPLE
from surveys.models.frame import Unit
from surveys.models.user import User
from surveys.sampling import draws, frame, plan
from surveys.sampling.draws import Selection
from surveys.sampling.plan import Against, Plan, PlanFault

MADE_SEEDS = 1_000_000_000  # short enough to be copied by hand
SITE_FIELDS = (
    "name", "city", "stratum", "psu", "target", "design_weight", "latitude", "longitude",
)  # fmt: skip
NAMED = 5  # sites that a sentence names


class Undrawable(SurveyError):
    """A plan that this frame does not allow; `faults` say why."""

    status = 422

    def __init__(self, faults: Sequence[PlanFault]) -> None:
        super().__init__(gettext_noop("The sample cannot be drawn so."))
        self.faults = tuple(faults)


class NotAsSeen(SurveyError):
    """What would be drawn now is not what was looked at."""

    status = 409


class SitesThere(SurveyError):
    """Sites of the survey that the sample would change."""

    status = 409


class TooHeavy(SurveyError):
    """A site whose interviews would stand for more people than anybody believes."""

    status = 422


@dataclass(frozen=True)
class Design:
    """A sample as it is asked for. `target` interviews are done at a site; with `takes_people`, with
    that many of the people whom the site's size counts, each with the same chance.
    """

    plan: Plan
    target: int = 0
    takes_people: bool = False

    def weight(self, selection: Selection) -> float:
        """What an interview at the site stands for: sites of the frame, or people with `takes_people`."""
        if not self.takes_people:
            return selection.weight
        return selection.weight * max((selection.unit.size or 0) / self.target, 1)


@dataclass(frozen=True)
class Proposal:
    """What would be drawn, and the sites of the survey that are among it already."""

    design: Design
    drawn: draws.Draw
    sites: tuple[Site, ...]

    @property
    def digest(self) -> str:
        """Of everything that is drawn: the same where, and only where, the sample is the same."""
        chosen = (*self.drawn.selected, *self.drawn.replacements)
        parts = [
            self.drawn.seed,
            self.design,
            *(
                (one.unit.stratum, one.unit.code, one.place, self.design.weight(one))
                for one in chosen
            ),
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def new_seed() -> int:
    return secrets.randbelow(MADE_SEEDS)


def units_of(survey: Survey) -> tuple[frame.FrameUnit, ...]:
    """The survey's frame as it is now."""
    return tuple(unit_of(row) for row in survey.frame_units.select_related("city"))


def unit_of(row: Unit) -> frame.FrameUnit:
    return frame.FrameUnit(
        code=row.code,
        stratum=row.stratum,
        name=row.name,
        psu=row.psu or row.code,
        city=row.city.code if row.city else "",
        size=row.size,
        latitude=row.latitude,
        longitude=row.longitude,
    )


def faults_of(units: Sequence[frame.FrameUnit], design: Design) -> tuple[PlanFault, ...]:
    """Everything that stands against drawing so from these units."""
    faults = plan.plan_faults(units, design.plan)
    return (*faults, *(_of_people(units, design) if design.takes_people else ()))


def _of_people(units: Iterable[frame.FrameUnit], design: Design) -> Iterator[PlanFault]:
    if design.target < 1:
        yield PlanFault(Against.BAD_COUNT, value="target")
    if not design.plan.needs_sizes:  # else the plan has said so
        yield from (
            PlanFault(Against.NO_SIZE, unit.stratum, unit.code) for unit in units if not unit.size
        )


def propose(survey: Survey, design: Design, seed: int) -> Proposal:
    """What would be drawn from the frame as it is; nothing is stored. Raises Undrawable."""
    units = units_of(survey)
    faults = faults_of(units, design)
    if faults:
        raise Undrawable(faults)
    drawn = draws.draw(units, design.plan, seed)
    codes = [one.unit.code for one in drawn.selected]
    return Proposal(design, drawn, tuple(survey.sites.filter(code__in=codes)))


@transaction.atomic
def keep(
    survey: Survey,
    design: Design,
    seed: int,
    *,
    seen: str,
    by: User,
    is_seed_given: bool = False,
    takes_over: bool = False,
) -> Draw:
    """Draw, keep the sample with its chances, and make its sites with their design weights.

    `seen` is the digest of the proposal that was looked at. With `takes_over`, sites that are there
    get the stratum, PSU, place, target and weight of the sample. Sites of earlier draws are left.
    Raises Undrawable, NotAsSeen, SitesThere and TooHeavy.
    """
    held = Survey.objects.select_for_update().get(pk=survey.pk)
    proposal = propose(held, design, seed)
    if proposal.digest != seen:
        raise NotAsSeen(
            gettext_noop("Something changed since you looked. Look at the sample below once more.")
        )
    if proposal.sites and not takes_over:
        raise _sites_there(proposal.sites)
    kept = Draw.objects.create(
        survey=held,
        number=(held.draws.aggregate(last=Max("number"))["last"] or 0) + 1,
        plan=design.plan.document(),
        seed=seed,
        is_seed_given=is_seed_given,
        target=design.target,
        takes_people=design.takes_people,
        strata={
            s.name: {"population": s.population, "size": s.size} for s in proposal.drawn.strata
        },
        by=by,
    )
    rows = list(_rows(kept, proposal))
    DrawnUnit.objects.bulk_create(rows, batch_size=1_000)
    bring(kept, [row for row in rows if not row.is_reserve], by)
    return kept


def _sites_there(sites: Sequence[Site]) -> SitesThere:
    codes = ", ".join(site.code for site in sites[:NAMED]) + (" …" if len(sites) > NAMED else "")
    return SitesThere(
        gettext_noop(
            "%(count)s of the drawn units are sites already: %(codes)s. Tick below that they get the "
            "weights of this sample, or take them out of the frame."
        ),
        count=len(sites),
        codes=codes,
    )


def _rows(kept: Draw, proposal: Proposal) -> Iterator[DrawnUnit]:
    drawn = proposal.drawn
    cities = {city.code: city for city in City.objects.all()}
    reserve = {one.unit.code for one in drawn.replacements}
    for number, one in enumerate((*drawn.selected, *drawn.replacements), start=1):
        unit, weight = one.unit, proposal.design.weight(one)
        if weight > MOST_PEOPLE:
            raise TooHeavy(
                gettext_noop("One interview in %(code)s would stand for %(n)s. Look at its size."),
                code=unit.code,
                n=f"{weight:,.0f}",
            )
        yield DrawnUnit(
            draw=kept,
            number=number,
            is_reserve=unit.code in reserve,
            place=one.place,
            probability=one.probability,
            weight=weight,
            code=unit.code,
            name=unit.name,
            stratum=unit.stratum,
            psu=unit.psu,
            city=cities.get(unit.city),
            size=unit.size,
            latitude=unit.latitude,
            longitude=unit.longitude,
        )


def bring(kept: Draw, units: Sequence[DrawnUnit], by: User) -> None:
    """Make the sites of units, or give those that are there what the sample says of them."""
    wanted = {unit.code: unit for unit in units}
    own = Site.objects.filter(survey=kept.survey_id, code__in=wanted)
    there = [_filled(site, wanted[site.code], kept) for site in own]
    known = {site.code for site in there}
    new = [
        _filled(Site(survey_id=kept.survey_id, code=code), unit, kept)
        for code, unit in wanted.items()
        if code not in known
    ]
    bulk_update_with_history(there, Site, SITE_FIELDS, batch_size=500, default_user=by)
    bulk_create_with_history(new, Site, batch_size=500, default_user=by)
    keys = dict(own.values_list("code", "pk"))
    for unit in units:
        unit.site_id = keys[unit.code]
    DrawnUnit.objects.bulk_update(units, ["site"], batch_size=500)


def _filled(site: Site, unit: DrawnUnit, kept: Draw) -> Site:
    site.name, site.city, site.stratum = unit.name, unit.city, unit.stratum
    site.psu = unit.psu or unit.code
    site.target, site.design_weight = kept.target, unit.weight
    site.latitude, site.longitude = unit.latitude, unit.longitude
    return site
