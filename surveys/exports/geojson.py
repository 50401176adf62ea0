"""GeoJSON: a point for every place that an interview noted, with the interview's answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from surveys.errors import SurveyError, gettext_noop
from surveys.exports.catalogue import Order, Tick
from surveys.exports.interviews import interviews_of
from surveys.exports.rows import pages_of
from surveys.exports.tables import Table, stored_layouts_for, tables_for
from surveys.exports.wording import wording_for
from surveys.variables.variable import Cell, Plain

Words: TypeAlias = Mapping[tuple[str, Cell], str]

QUESTION = "_question"  # that asked for the place; no variable is called so


class NoPlaces(SurveyError):
    """A questionnaire that asks for no place."""


def write(order: Order, path: Path, tick: Tick) -> None:
    """Interviews without a place come as one feature without geometry: none is lost. Instances of
    repeats are left out. Raises NoPlaces.
    """
    table = tables_for(order)[0]
    places = places_of(table)
    if not places:
        raise NoPlaces(
            gettext_noop(
                "The questionnaire asks for no place outside of repeats. Take another format."
            )
        )
    layouts, words = stored_layouts_for(order), _words(order, table)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        before = "\n"
        for page in pages_of(interviews_of(order), layouts, order.layer):
            for rows in page:
                (cells,) = table.cells_of(rows)
                for feature in _features(table, places, cells, words):
                    file.write(before + json.dumps(feature, ensure_ascii=False))
                    before = ",\n"
                tick()
        file.write("\n]}\n")


def places_of(table: Table) -> dict[str, int]:
    """The questions that ask for places, and where in a row their parts begin."""
    parts = enumerate(table.variables)
    return {variable.key: at for at, variable in parts if variable.part == 0}


def _features(
    table: Table, places: dict[str, int], cells: Sequence[Cell], words: Words
) -> Iterator[dict[str, Any]]:
    properties = {
        variable.name: words.get((variable.name, cell)) or _text(variable.plain(cell))
        for variable, cell in zip(table.variables, cells, strict=True)
    }
    points = {key: _point(cells[at : at + 3]) for key, at in places.items()}
    found = {key: point for key, point in points.items() if point}
    for key, point in found.items() or (("", None),):
        yield {
            "type": "Feature",
            "geometry": point and {"type": "Point", "coordinates": point},
            "properties": {QUESTION: key, **properties},
        }


def _words(order: Order, table: Table) -> Words:
    """The wording of each choice where labels are wanted, by variable and code."""
    if not order.language:
        return {}
    wording = wording_for(order)
    return {
        (variable.name, float(code)): words
        for variable in table.variables
        for code, words in wording.values(variable).items()
    }


def _point(parts: Sequence[Cell]) -> list[float] | None:
    """Longitude, latitude and, where it is known, altitude."""
    latitude, longitude, altitude = (part if isinstance(part, float) else None for part in parts)
    if latitude is None or longitude is None:
        return None
    return [longitude, latitude] if altitude is None else [longitude, latitude, altitude]


def _text(value: Plain) -> int | float | str | None:
    return value.isoformat() if isinstance(value, date) else value
