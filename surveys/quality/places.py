"""Where interviews were made: how far from their site, how far from one another, how surely."""

from collections.abc import Iterator

import numpy as np

from surveys.quality.arrays import Booleans, Factor, Floats, Integers, median, named
from surveys.quality.fieldwork import Fieldwork, Whereabouts
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.thresholds import Thresholds

EARTH_M = 6_371_008.8


def metres(
    a_latitude: Floats, a_longitude: Floats, b_latitude: Floats, b_longitude: Floats
) -> Floats:
    """Along the great circle, by the haversine formula; arrays broadcast, NaN where unknown."""
    north_a, north_b = np.radians(a_latitude), np.radians(b_latitude)
    east = np.radians(b_longitude) - np.radians(a_longitude)
    square = np.sin((north_b - north_a) / 2) ** 2
    square = square + np.cos(north_a) * np.cos(north_b) * np.sin(east / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(square, 0, 1))))


def from_site_m(where: Whereabouts) -> Floats:
    """The distance to the interview's site."""
    return metres(where.latitude, where.longitude, where.site_latitude, where.site_longitude)


def is_located(where: Whereabouts) -> Booleans:
    return np.isfinite(where.latitude) & np.isfinite(where.longitude)


def between_m(where: Whereabouts, rows: Integers, others: Integers) -> Floats:
    """The distances of pairs of interviews."""
    return metres(
        where.latitude[rows], where.longitude[rows], where.latitude[others], where.longitude[others]
    )


def in_turn(fieldwork: Fieldwork) -> tuple[Integers, Integers]:
    """Each interview with the one of the same enumerator that began before it: (earlier, later)."""
    known = np.flatnonzero(fieldwork.enumerator.is_known & np.isfinite(fieldwork.start))
    order = known[np.lexsort((fieldwork.start[known], fieldwork.enumerator.codes[known]))]
    earlier, later = order[:-1], order[1:]
    same = fieldwork.enumerator.codes[earlier] == fieldwork.enumerator.codes[later]
    return earlier[same], later[same]


def spots(where: Whereabouts, enumerator: Factor) -> Factor:
    """Where the same enumerator noted exactly the same coordinates; known is whatever is located.

    A receiver that works hardly gives the same seven decimals twice; one that finds nothing gives
    its last place again. Names are the enumerator's code and the coordinates.
    """
    spot = np.full(len(where.latitude), -1)
    located = np.flatnonzero(is_located(where) & enumerator.is_known)
    if not located.size:
        return Factor((), spot)
    columns = [enumerator.codes[located], where.latitude[located], where.longitude[located]]
    found, group = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    spot[located] = group.ravel()
    names = (f"{enumerator.names[int(e)]} {north:.7f} {east:.7f}" for e, north, east in found)
    return Factor(tuple(names), spot)


def is_repeated(where: Whereabouts, enumerator: Factor) -> Booleans:
    """Whether another interview of the enumerator has exactly the same coordinates."""
    found = spots(where, enumerator)
    if not found.names:
        return np.zeros(len(found), dtype=np.bool_)
    sizes = np.bincount(found.codes[found.is_known], minlength=len(found.names))
    return np.asarray(found.is_known & (sizes[found.codes] > 1))


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Far from the site, a place that an application made up, one place for several interviews."""
    yield from _far(fieldwork, thresholds)
    yield from _made_up(fieldwork)
    yield from _same(fieldwork)
    yield from _nowhere(fieldwork.complete, thresholds)


def _far(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Beyond the limit even where the receiver was off by as much as it said."""
    distance = from_site_m(fieldwork.whereabouts)
    usually = median(distance)
    surely = distance - np.nan_to_num(fieldwork.whereabouts.accuracy_m)
    for place in np.flatnonzero(surely > thresholds.far_m):
        name = fieldwork.ids[place]
        yield Finding(
            Check.FAR_FROM_SITE, Severity.WATCH, About.INTERVIEW, name, (name,),
            float(distance[place]), usually, thresholds.far_m,
        )  # fmt: skip


def _made_up(fieldwork: Fieldwork) -> Iterator[Finding]:
    where = fieldwork.whereabouts
    for place in np.flatnonzero(is_located(where) & (where.accuracy_m == 0)):
        name = fieldwork.ids[place]
        yield Finding(Check.NO_ACCURACY, Severity.WATCH, About.INTERVIEW, name, (name,), 0.0)


def _same(fieldwork: Fieldwork) -> Iterator[Finding]:
    """A note at one site, where walls may have kept the receiver still; an alert at several."""
    found = spots(fieldwork.whereabouts, fieldwork.enumerator)
    for name, members in zip(found.names, found.members(), strict=True):
        if len(members) > 1:
            sites = len(np.unique(fieldwork.site.codes[members]))
            enumerator = fieldwork.enumerator.names[fieldwork.enumerator.codes[members[0]]]
            yield Finding(
                Check.SAME_PLACE, Severity.ALERT if sites > 1 else Severity.NOTE, About.ENUMERATOR,
                enumerator, named(fieldwork.ids, members), float(len(members)), 1.0, 2.0,
                doubt=name,
            )  # fmt: skip


def _nowhere(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Enumerators most of whose interviews have no place, where most of the others' have one."""
    located = is_located(fieldwork.whereabouts)
    if not located.size or located.mean() < 0.5:
        return
    for name, members in zip(
        fieldwork.enumerator.names, fieldwork.enumerator.members(), strict=True
    ):
        lost = members[~located[members]]
        if len(members) >= thresholds.fewest_interviews and len(lost) > len(members) / 2:
            yield Finding(
                Check.NO_PLACE, Severity.WATCH, About.ENUMERATOR, name, named(fieldwork.ids, lost),
                len(lost) / len(members), 1 - float(located.mean()), 0.5,
            )  # fmt: skip
