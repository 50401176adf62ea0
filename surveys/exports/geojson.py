"""GeoJSON: a point for every place that an interview noted, with the interview's answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from surveys.errors import SurveyError, gettext_noop
from surveys.exports.catalogue import Order, Tick
from surveys.exports.rows import Page
from surveys.exports.sinks import TableCells, Written, feed
from surveys.exports.tables import Table, tables_for
from surveys.exports.wording import Words, words_for
from surveys.variables.variable import Cell, Plain

QUESTION = "_question"  # that asked for the place; no variable is called so


class NoPlaces(SurveyError):
    """A questionnaire that asks for no place."""


def write(order: Order, path: Path, tick: Tick) -> None:
    """Interviews without a place come as one feature without geometry: none is lost. Instances of
    repeats are left out. Raises NoPlaces.
    """
    tables = tables_for(order)
    if not places_of(tables[0]):
        raise NoPlaces(
            gettext_noop(
                "The questionnaire asks for no place outside of repeats. Take another format."
            )
        )
    with path.open("w", encoding="utf-8") as file:
        feed(order, tables, [features := features_of(order, tables[0], file)], tick)
        features.finish()


@contextmanager
def map_of(order: Order, table: Table, folder: Path) -> Iterator["Features"]:
    """The map as a file in the folder, to be fed."""
    with (folder / f"{table.name}.geojson").open("w", encoding="utf-8") as file:
        yield features_of(order, table, file)


def features_of(order: Order, table: Table, file: TextIO) -> "Features":
    """The map of an order, to be fed; the file is new and will be closed."""
    return Features(table, places_of(table), words_for(order, [table]), file)


@dataclass
class Features:
    """A feature for every place, as they are written."""

    table: Table
    places: Mapping[str, int]
    words: Words
    file: TextIO
    interviews: int = 0
    before: str = '{"type": "FeatureCollection", "features": [\n'

    def take(self, _: Page, cells: TableCells) -> None:
        for row in zip(*cells[0], strict=True):
            for feature in _features(self.table, self.places, row, self.words):
                self.file.write(self.before + json.dumps(feature, ensure_ascii=False))
                self.before = ",\n"
            self.interviews += 1

    def finish(self) -> list[Written]:
        opening = "" if self.interviews else self.before
        self.file.write(f"{opening}\n]}}\n")
        self.file.close()
        return [Written(Path(self.file.name), {self.table.name: self.interviews})]


def places_of(table: Table) -> dict[str, int]:
    """The questions that ask for places, and where in a row their parts begin."""
    parts = enumerate(table.variables)
    return {variable.key: at for at, variable in parts if variable.part == 0}


def _features(
    table: Table, places: Mapping[str, int], cells: Sequence[Cell], words: Words
) -> Iterator[dict[str, Any]]:
    properties = {
        variable.name: words.get((variable.name, cell)) or _text(variable.plains[cell])
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


def _point(parts: Sequence[Cell]) -> list[float] | None:
    """Longitude, latitude and, where it is known, altitude."""
    latitude, longitude, altitude = (part if isinstance(part, float) else None for part in parts)
    if latitude is None or longitude is None:
        return None
    return [longitude, latitude] if altitude is None else [longitude, latitude, altitude]


def _text(value: Plain) -> int | float | str | None:
    return value.isoformat() if isinstance(value, date) else value
