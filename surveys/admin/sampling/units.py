"""The units of a sample as a file, with the chances that weights are made of."""

from collections.abc import Iterator

from surveys.exports.csv import csv_lines
from surveys.models import Draw, DrawnUnit

COLUMNS = (
    "number", "code", "name", "stratum", "psu", "city", "size", "part", "order", "probability",
    "design_weight", "site", "replaced_by", "stands_in_for", "reason",
)  # fmt: skip


def lines_of(draw: Draw) -> Iterator[str]:
    """The sample and its reserve as CSV, line by line."""
    units = draw.units.select_related(
        "city", "site", "replacement__by_unit", "stands_in__replaced"
    ).order_by("number")
    return csv_lines(COLUMNS, map(_cells, units.iterator(chunk_size=1_000)))


def _cells(unit: DrawnUnit) -> list[str]:
    gone, came = getattr(unit, "replacement", None), getattr(unit, "stands_in", None)
    return [
        str(unit.number),
        unit.code,
        unit.name,
        unit.stratum,
        unit.psu or unit.code,
        unit.city.code if unit.city else "",
        "" if unit.size is None else f"{unit.size:.15g}",
        "reserve" if unit.is_reserve else "sample",
        str(unit.place),
        repr(unit.probability),
        repr(unit.weight),
        unit.site.code if unit.site else "",
        gone.by_unit.code if gone else "",
        came.replaced.code if came else "",
        gone.reason if gone else came.reason if came else "",
    ]
