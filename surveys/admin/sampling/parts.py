"""What is drawn, as the pages of samples show it: stratum by stratum, and unit by unit before."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q, Sum

from surveys.frames import Proposal
from surveys.models import Draw
from surveys.sampling.draws import StratumDraw
from surveys.sampling.frame import FrameUnit


@dataclass(frozen=True)
class Part:
    """A stratum of a sample: what was drawn of how many, with which chances and weights.

    One interview at each site `stands_for` about all that there is.
    """

    name: str
    population: int
    drawn: int
    reserve: int
    lowest_chance: float
    highest_chance: float
    lowest_weight: float
    highest_weight: float
    stands_for: float


@dataclass(frozen=True)
class Line:
    """A unit that would be drawn."""

    unit: FrameUnit
    place: int
    probability: float
    weight: float
    is_site: bool


def lines_of(proposal: Proposal) -> Iterator[Line]:
    """The units that would be drawn; `is_site` where there is a site with the code already."""
    there = {site.code for site in proposal.sites}
    for one in proposal.drawn.selected:
        weight = proposal.design.weight(one)
        yield Line(one.unit, one.place, one.probability, weight, one.unit.code in there)


def parts_of(proposal: Proposal) -> list[Part]:
    """Of what would be drawn."""
    return [_part(stratum, proposal) for stratum in proposal.drawn.strata]


def _part(stratum: StratumDraw, proposal: Proposal) -> Part:
    chances = [one.probability for one in stratum.selected]
    weights = [proposal.design.weight(one) for one in stratum.selected]
    return Part(
        stratum.name,
        stratum.population,
        len(stratum.selected),
        len(stratum.replacements),
        min(chances),
        max(chances),
        min(weights),
        max(weights),
        sum(weights),
    )


def parts_kept(draw: Draw) -> list[Part]:
    """As `_part` of a sample that was drawn, counted by the database."""
    drawn = Q(is_reserve=False)
    rows = draw.units.order_by().values_list("stratum")
    counted = rows.annotate(
        n=Count("pk", filter=drawn),
        reserve=Count("pk", filter=~drawn),
        lowest=Min("probability", filter=drawn),
        highest=Max("probability", filter=drawn),
        lightest=Min("weight", filter=drawn),
        heaviest=Max("weight", filter=drawn),
        total=Sum("weight", filter=drawn),
    )
    return sorted(
        (Part(name, draw.strata[name]["population"], *rest) for name, *rest in counted),
        key=lambda part: part.name,
    )
