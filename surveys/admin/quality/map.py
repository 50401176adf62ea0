"""Where an interview was, beside its site and the interview before, as a small map."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from surveys.asked import geopoints_in
from surveys.models import Interview
from surveys.quality.places import metres as metres_between
from surveys.quantities import metres
from surveys.seasons import point_in
from surveys.xforms.definition import FormDef


@dataclass(frozen=True)
class Spot:
    """A place on the map, which is 200 by 200 with north up. `kind` is its class."""

    x: float
    y: float
    label: str
    kind: str


@dataclass(frozen=True)
class Map:
    spots: tuple[Spot, ...]
    scale_width: float
    scale: str
    to_site: str
    to_previous: str
    accuracy: str


def map_of(interview: Interview, previous: Interview | None, form: FormDef | None) -> Map | None:
    """None where the interview has no place, or nothing to be compared with."""
    here, site = _point(interview, form), interview.site
    if here is None:
        return None
    there = {"here": (here[0], here[1], _("this interview"))}
    if site is not None and site.latitude is not None and site.longitude is not None:
        there["site"] = (site.latitude, site.longitude, _("site %(code)s") % {"code": site.code})
    before = _point(previous, form) if previous else None
    if before:
        there["before"] = (before[0], before[1], _("interview before"))
    if len(there) < 2:
        return None
    return _drawn(there, here[2])


def _drawn(there: Mapping[str, tuple[float, float, str]], accuracy: float) -> Map:
    """On a plane around the interview, all places within the picture."""
    north, east, _label = there["here"]
    flat = {
        kind: (_away(north, east, north, x), _away(north, east, y, east))
        for kind, (y, x, _name) in there.items()
    }
    reach = max(max(abs(x), abs(y)) for x, y in flat.values()) or 1.0
    unit = 80 / reach
    spots = tuple(
        Spot(round(100 + x * unit, 1), round(100 - y * unit, 1), there[kind][2], kind)
        for kind, (x, y) in flat.items()
    )
    length = 10 ** np.floor(np.log10(reach))
    return Map(
        spots=spots,
        scale_width=round(float(length * unit), 1),
        scale=metres(float(length)),
        to_site=_distance(there, "site"),
        to_previous=_distance(there, "before"),
        accuracy=metres(accuracy) if np.isfinite(accuracy) else "",
    )


def _away(north: float, east: float, to_north: float, to_east: float) -> float:
    """Metres, negative to the south or west."""
    sign = -1 if to_north < north or to_east < east else 1
    return sign * _metres(north, east, to_north, to_east)


def _metres(north: float, east: float, to_north: float, to_east: float) -> float:
    points = (np.array([one]) for one in (north, east, to_north, to_east))
    return float(metres_between(*points)[0])


def _distance(there: Mapping[str, tuple[float, float, str]], kind: str) -> str:
    if kind not in there:
        return ""
    return metres(_metres(*there["here"][:2], *there[kind][:2]))


def _point(interview: Interview, form: FormDef | None) -> tuple[float, float, float] | None:
    places = geopoints_in(form) if form else ()
    return next((p for place in places if (p := point_in(interview.answers.get(place, "")))), None)
