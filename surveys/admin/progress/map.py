"""The sites on a map without tiles, near ones together where there are too many to tell apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.admin.progress.filters import Filters
from surveys.progress.scope import Scope, sites_of

WIDTH, HEIGHT, EDGE = 640, 420, 24
MOST_ALONE = 300  # sites that are drawn one by one
CELL = 24  # of the picture, whose sites are drawn together
LARGEST, SMALLEST = 11.0, 3.0


class Place(NamedTuple):
    code: str
    latitude: float
    longitude: float
    target: int
    done: int


@dataclass(frozen=True)
class Spot:
    """One site, or several of which `code` is blank. `fill` is its radius by what is done."""

    x: float
    y: float
    radius: float
    fill: float
    code: str
    sites: int
    target: int
    done: int
    address: str

    @property
    def title(self) -> str:
        words = {"code": self.code, "n": self.sites, "done": self.done, "target": self.target}
        if self.code:
            return _("Site %(code)s: %(done)s of %(target)s") % words
        return (
            ngettext(
                "%(n)s site: %(done)s of %(target)s",
                "%(n)s sites: %(done)s of %(target)s",
                self.sites,
            )
            % words
        )


@dataclass(frozen=True)
class Map:
    """In a picture of 640 by 420, north up. `nowhere` are sites whose place is not known."""

    spots: Sequence[Spot]
    is_clustered: bool
    nowhere: int


def map_of(scope: Scope, filters: Filters) -> Map:
    sites = sites_of(scope).order_by()
    placed = sites.filter(latitude__isnull=False, longitude__isnull=False)
    columns = ("code", "latitude", "longitude", "target", "done")
    places = [Place(*row) for row in placed.values_list(*columns)]
    groups = _groups(places)
    most = max((sum(one[0].target for one in group) for group in groups), default=0) or 1
    spots = [_spot(group, most, filters) for group in groups]
    spots.sort(key=lambda spot: spot.radius - spot.fill)  # those that lack most stay on top
    nowhere = scope.sites().count() - len(places)
    return Map(spots, any(spot.sites > 1 for spot in spots), nowhere)


Drawn = tuple[Place, float, float]


def _groups(places: Sequence[Place]) -> list[list[Drawn]]:
    """Each site alone, or those of each cell of the picture."""
    drawn = list(_drawn(places))
    if len(drawn) <= MOST_ALONE:
        return [[one] for one in drawn]
    cells: defaultdict[tuple[int, int], list[Drawn]] = defaultdict(list)
    for one in drawn:
        cells[int(one[1] // CELL), int(one[2] // CELL)].append(one)
    return list(cells.values())


def _drawn(places: Sequence[Place]) -> Iterable[Drawn]:
    """Where the places are in the picture, a degree to the east shrunk as in their middle."""
    if not places:
        return []
    south, north = min(p.latitude for p in places), max(p.latitude for p in places)
    west, east = min(p.longitude for p in places), max(p.longitude for p in places)
    shrink = cos(radians((south + north) / 2))
    across, up = (east - west) * shrink or 1e-6, (north - south) or 1e-6
    unit = min((WIDTH - 2 * EDGE) / across, (HEIGHT - 2 * EDGE) / up)
    left, top = (WIDTH - across * unit) / 2, (HEIGHT - up * unit) / 2
    return [
        (p, left + (p.longitude - west) * shrink * unit, top + (north - p.latitude) * unit)
        for p in places
    ]


def _spot(group: Sequence[Drawn], most: int, filters: Filters) -> Spot:
    target, done = (sum(getattr(one[0], name) for one in group) for name in ("target", "done"))
    radius = max(LARGEST * sqrt(target / most), SMALLEST)
    share = min(done / target, 1.0) if target else 0.0
    code = group[0][0].code if len(group) == 1 else ""
    return Spot(
        x=round(sum(one[1] for one in group) / len(group), 1),
        y=round(sum(one[2] for one in group) / len(group), 1),
        radius=round(radius, 1),
        fill=round(radius * sqrt(share), 1),
        code=code,
        sites=len(group),
        target=target,
        done=done,
        address=filters.query(site=code, table="person") if code else "",
    )
