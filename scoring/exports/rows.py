"""Published estimates as rows; what is withheld says why."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import xlsxwriter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scoring import estimates
from scoring.dashboard.figures import reason
from scoring.models import Estimate, EstimateSet
from scoring.schemes import default_of
from surveys.exports.catalogue import Order, Tick
from surveys.exports.csv import open_csv

Cell: TypeAlias = str | int | float | None

NUMBERS = ("n", "estimate", "se", "deff", "df", "low", "high")
HEADER = ("scheme", "variable", "by", "level", *NUMBERS, "withheld", "form_versions", "computed")


def set_for(order: Order) -> EstimateSet | None:
    """The estimates of the survey's latest wave under its default scheme, if made."""
    scheme = default_of(order.survey)
    return estimates.latest_set(scheme) if scheme else None


def count(order: Order) -> int:
    made = set_for(order)
    return made.estimates.count() if made else 0


def describe(order: Order) -> str:
    """How many rows the file would have now, and of what they speak."""
    made = set_for(order)
    if made is None and default_of(order.survey) is None:
        return _("No indicators: they need a scoring scheme, which the administrator adds.")
    if made is None:
        return _("No indicators yet: they appear a few seconds after the first interview.")
    return _("%(count)s numbers from %(interviews)s interviews; computed: %(moment)s") % {
        "count": f"{made.estimates.count():,}",
        "interviews": f"{made.interviews:,}",
        "moment": date_format(timezone.localtime(made.computed_at), "DATETIME_FORMAT"),
    }


def rows_of(made: EstimateSet, some: Sequence[Estimate] | None = None) -> Iterator[list[Cell]]:
    """One row an estimate, or one each of some, in HEADER's order.

    All are read at once: they were made at once, and a worker may be replacing them.
    """
    computed = timezone.localtime(made.computed_at).isoformat(timespec="seconds")
    versions = " ".join(made.form_versions)
    found = list(made.estimates.order_by("by", "level", "variable")) if some is None else some
    for row in found:
        named = (made.scheme.name, row.variable, row.by, row.level)
        yield [*named, *_numbers(row), _withheld(row), versions, computed]


def _numbers(row: Estimate) -> tuple[Cell, ...]:
    if row.suppressed:
        return (None,) * len(NUMBERS)
    return tuple(getattr(row, name) for name in NUMBERS)


def _withheld(row: Estimate) -> str:
    return reason(row.suppressed) if row.suppressed else ""


def write_csv(order: Order, path: Path, tick: Tick) -> None:
    made = set_for(order)
    with open_csv(path, HEADER) as write:
        for row in rows_of(made) if made else ():
            write(["" if cell is None else str(cell) for cell in row])
            tick()


def write_xlsx(order: Order, path: Path, tick: Tick) -> None:
    """A workbook in constant memory; text stays text, whatever it begins with."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    made = set_for(order)
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet("estimates")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, HEADER, workbook.add_format({"bold": True}))
        for number, row in enumerate(rows_of(made) if made else (), start=1):
            sheet.write_row(number, 0, row)
            tick()
