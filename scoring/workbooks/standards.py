"""The sheets `standards`, `core_contents` and `weights`: what counts, and how much."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from scoring.maths.scheme import BASIS_POINTS, MOST_OF_SCHEME, SCHEME_NAME
from scoring.workbooks.notation import NotationError, fraction, whole
from scoring.workbooks.sheets import (
    Reading,
    SchemeBook,
    bad_name,
    blank,
    known,
    labels,
    named_rows,
    typed,
)
from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell
from surveys.xforms.linting.sheets import Column, Row

TOTALS = (100, BASIS_POINTS, 1)  # of a column in percent, in basis points, in shares


def read_standards(book: SchemeBook) -> Reading[list[dict[str, Any]]]:
    found = []
    for name, row in (yield from named_rows(book, "standards")):
        rank = (yield from typed(row["rank"], whole(1, 100))) if row["rank"] else None
        found.append({"name": name, "rank": rank, **labels(row)})
    return found


def read_core_contents(
    book: SchemeBook, standards: Iterable[Mapping[str, Any]]
) -> Reading[list[dict[str, Any]]]:
    """Without such a sheet, the standards are the core contents too."""
    rows = yield from named_rows(book, "core_contents")
    if "core_contents" in book.sheets:
        return [{"name": name, **labels(row)} for name, row in rows]
    return [{key: value for key, value in one.items() if key != "rank"} for one in standards]


def read_weights(book: SchemeBook, standards: Iterable[str]) -> Reading[dict[str, dict[str, int]]]:
    """Basis points by standard, by the name of the weighting; blank and 0 are beside the index."""
    sheet = book.sheets.get("weights")
    if sheet is None:
        return {}
    standards = list(standards)
    yield from _check_rows(sheet.rows, standards)
    found = {}
    for column in sheet.columns:
        if column.key:
            continue
        yield from _check_name(sheet.heading(column))
        weights = yield from _weighting(sheet.heading(column), sheet.rows, column)
        found[column.heading] = {name: w for name, w in weights.items() if w}
    if not found:
        yield sheet.cell.error(
            "no-weighting",
            gettext_noop("Add a column with the name of the weighting, such as `equal-v1`."),
        )
    return found


def _check_rows(rows: Iterable[Row], standards: list[str]) -> Reading[None]:
    seen: dict[str, int] = {}
    for row in rows:
        cell = row["standard"]
        if not cell:
            yield blank(cell, "standard")
            continue
        yield from known(cell, cell.text, "standards", standards)
        if cell.text in seen:
            yield cell.error(
                "same-name",
                gettext_noop("The name `%(name)s` is taken by row %(row)s. Choose another one."),
                name=cell.text,
                row=seen[cell.text],
            )
        seen[cell.text] = row.number


def _check_name(heading: Cell) -> Reading[None]:
    if not SCHEME_NAME.fullmatch(heading.text):
        yield bad_name(heading, MOST_OF_SCHEME)


def _weighting(heading: Cell, rows: Iterable[Row], column: Column) -> Reading[dict[str, int]]:
    """The weights of one column, in percent, basis points or shares: what they add up to tells."""
    weights: dict[str, Fraction] = {}
    is_whole = True
    for row in rows:
        cell = row.cell(column)
        value = (yield from typed(cell, _weight)) if cell else Fraction()
        is_whole = is_whole and value is not None
        weights[row["standard"].text] = value or Fraction()
    total = sum(weights.values(), Fraction())
    if not is_whole:
        return {}
    if total not in TOTALS:
        yield heading.error(
            "weights-total",
            gettext_noop("The weights of `%(name)s` add up to %(total)s. Make it 100 (percent)."),
            name=heading.text,
            total=f"{float(total):g}",
        )
        return {}
    return (yield from _points(heading, weights, total))


def _points(
    heading: Cell, weights: Mapping[str, Fraction], total: Fraction
) -> Reading[dict[str, int]]:
    """The weights as parts of their total in basis points, where these are whole."""
    points = {name: weight * BASIS_POINTS / total for name, weight in weights.items()}
    for name, point in points.items():
        if point.denominator != 1:
            yield heading.error(
                "weight",
                gettext_noop(
                    "The weight of `%(name)s` has more than two decimals of a percent. Round it so "
                    "that all add up to 100."
                ),
                name=name,
            )
            return {}
    return {name: int(point) for name, point in points.items()}


def _weight(text: str) -> Fraction:
    """`20`, `20 %`, `2000` or `0.2`: the sign says no more than the column's sum."""
    weight = fraction(text.strip().removesuffix("%").removesuffix("％"))
    if weight < 0:
        raise NotationError(gettext_noop("Give no weight below zero."))
    return weight
