"""GeoJSON becomes rows: a feature's id, its geometry as ODK writes places, its properties."""

import json
from collections.abc import Iterable
from typing import Any

from surveys.errors import gettext_noop
from surveys.formlogic.answers import is_point
from surveys.xforms.datatable import DataTable, table_of, too_many_cells
from surveys.xforms.xlsform import FormError

MAX_VALUES = (
    1_500_000  # of which some 100 bytes of memory are made, however few they have in the file
)


def table_from_geojson(name: str, content: bytes) -> DataTable:
    """One row a feature. Raises FormError in the words of the fault."""
    if sum(map(content.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise too_many_cells(name)
    features = enumerate(_features(name, content), 1)
    return table_of(name, (_item(name, number, feature) for number, feature in features))


def _features(name: str, content: bytes) -> list[Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FormError(
            gettext_noop("%(name)s is broken JSON: %(detail)s"), name=name, detail=error
        ) from error
    match document:
        case {"type": "FeatureCollection", "features": list(features)}:
            return features
    raise FormError(gettext_noop("%(name)s is no GeoJSON FeatureCollection."), name=name)


def _item(name: str, number: int, feature: Any) -> dict[str, str]:
    match feature:
        case {"type": "Feature", "geometry": dict(geometry), **others}:
            properties = others.get("properties")
            columns = properties if isinstance(properties, dict) else {}
            cells = {str(column): _text(value) for column, value in columns.items()}
            id_ = _text(others.get("id")) or cells.pop("id", "")
            place = _place(geometry)
            if id_ and place:
                return {**cells, "id": id_, "geometry": place}
    raise FormError(
        gettext_noop(
            "%(name)s, feature %(number)s: it needs an id and a geometry that is a Point, "
            "a LineString or a Polygon."
        ),
        name=name,
        number=number,
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _place(geometry: dict[str, Any]) -> str:
    """`lat lon altitude accuracy`, with semicolons between points; blank where it is none."""
    match geometry:
        case {"type": "Point", "coordinates": list(point)}:
            return _points([point])
        case {"type": "LineString", "coordinates": list(points)}:
            return _points(points)
        case {"type": "Polygon", "coordinates": [list(ring), *_]}:
            return _points(ring)
    return ""


def _points(points: Iterable[object]) -> str:
    texts = [_point(point) for point in points]
    return "; ".join(texts) if all(texts) else ""


def _point(point: object) -> str:
    match point:
        case [str(longitude), str(latitude), *_]:
            text = f"{latitude} {longitude} 0 0"
            return text if is_point(text) else ""
    return ""
