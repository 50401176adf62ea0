"""Functions of places on Earth: points, traces and shapes."""

import math
from itertools import pairwise

from surveys.formlogic.context import Context
from surveys.formlogic.functions.numbers import added, round_half_up
from surveys.formlogic.functions.signature import Function
from surveys.formlogic.spaces import stripped, words_of
from surveys.formlogic.values import DECIMAL, Value, texts_of

EARTH_RADIUS_M = 6_378_100.0  # as in JavaRosa and ODK Web Forms
Point = tuple[float, float]  # latitude and longitude in degrees


def points_of(value: Value) -> list[Point] | None:
    """The points of a trace, a shape or a set of points; None where one of them is none."""
    parts = [part for text in texts_of((value,)) for part in text.split(";")]
    points = [_point(part) for part in parts if stripped(part)]
    known = [point for point in points if point is not None]
    return known if len(known) == len(points) else None


def _point(text: str) -> Point | None:
    words = words_of(text)[:2]
    if len(words) < 2 or not all(map(DECIMAL.fullmatch, words)):
        return None
    latitude, longitude = map(float, words)
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if is_on_earth else None


def area(_: Context, value: Value) -> Value:
    """Square metres inside a shape, to the square centimetre."""
    points = points_of(value)
    if points is None or len(points) < 3:
        return 0.0
    total = 0.0
    for (lat_1, lon_1), (lat_2, lon_2) in pairwise([*points, points[0]]):
        sines = 2 + math.sin(math.radians(lat_1)) + math.sin(math.radians(lat_2))
        total += math.radians(lon_2 - lon_1) * sines
    return round_half_up(abs(total * EARTH_RADIUS_M**2 / 2), 2.0)


def distance(_: Context, *values: Value) -> Value:
    """Metres along a trace, or around a shape, to the centimetre."""
    points: list[Point] = []
    for value in values:
        found = points_of(value)
        if found is None:
            return math.nan
        points += found
    return round_half_up(added([_metres(a, b) for a, b in pairwise(points)]), 2.0)


def _metres(a: Point, b: Point) -> float:
    """The great circle, by the haversine formula."""
    lat_1, lon_1, lat_2, lon_2 = map(math.radians, (*a, *b))
    north, east = math.sin((lat_2 - lat_1) / 2), math.sin((lon_2 - lon_1) / 2)
    chord = north * north + math.cos(lat_1) * math.cos(lat_2) * (east * east)
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def geofence(_: Context, point: Value, shape: Value) -> Value:
    """Whether a point lies inside a closed shape (the crossing rule, on a flat map)."""
    found, corners = points_of(point), points_of(shape)
    if not found or not corners or corners[0] != corners[-1]:
        return False
    y, x = found[0]
    is_inside = False
    for (y_1, x_1), (y_2, x_2) in pairwise(corners):
        if (y_1 > y) != (y_2 > y) and x < (x_2 - x_1) * (y - y_1) / (y_2 - y_1) + x_1:
            is_inside = not is_inside
    return is_inside


def intersects(_: Context, value: Value) -> Value:
    """Whether a trace or the outline of a shape crosses or touches itself."""
    sides = list(pairwise(points_of(value) or []))
    for at, (a, b) in enumerate(sides):
        for later, (c, d) in enumerate(sides[at + 1 :], start=at + 1):
            is_ring = at == 0 and later == len(sides) - 1 and a == d
            if later > at + 1 and not is_ring and _cross(a, b, c, d):
                return True
    return False


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _is_within(*end) for turn, end in zip(turns, ends, strict=True))


def _turn(a: Point, b: Point, c: Point) -> int:
    """1 to the left, -1 to the right, 0 straight on."""
    product = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (product > 0) - (product < 0)


def _is_within(a: Point, b: Point, c: Point) -> bool:
    return all(min(a[k], b[k]) <= c[k] <= max(a[k], b[k]) for k in (0, 1))


FUNCTIONS = {
    "area": Function(1, 1, area),
    "distance": Function(1, None, distance),
    "geofence": Function(2, 2, geofence),
    "intersects": Function(1, 1, intersects),
}
