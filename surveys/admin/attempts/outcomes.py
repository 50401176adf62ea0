"""What became of everybody, as a page and as a file: counts, and AAPOR's rates in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import chain
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys import dispositions
from surveys.admin.attempts.filters import ENUMERATOR, SITE, TEAM, Filters
from surveys.admin.paging import portion_of
from surveys.dispositions import Counted, Part
from surveys.exports.csv import csv_lines
from surveys.models import Site
from surveys.sampling.outcomes import Outcome
from surveys.sampling.rates import Rates

SHOWN = 100  # sites of a page
WAYS = ((SITE, _("By site")), (ENUMERATOR, _("By enumerator")), (TEAM, _("By team")))
NOBODY = {ENUMERATOR: _("Nobody tried yet"), TEAM: _("No team, or nobody tried yet")}


@dataclass(frozen=True)
class Row:
    """A line of the table; rates are percentages."""

    name: str | Promise
    counted: Counted
    response: float | None
    contact: float | None
    cooperation: float | None
    refusal: float | None


def page_of(filters: Filters) -> dict[str, Any]:
    """The rows that the filters ask for, below that of the whole wave."""
    whole = dispositions.whole(filters.wave)
    e = whole.tally.eligibility
    parts, last = _parts(filters)
    return {
        "whole": _row(_("All"), whole, e) if whole.cases else None,
        "rows": [_row(part.name or NOBODY[filters.by], part.counted, e) for part in parts],
        "next": filters.query(after=last.code) if last else "",
        "query": filters.query(),
        "ways": [
            (label, filters.query(by=way), way == filters.by)
            for way, label in WAYS
            if way == SITE or filters.sees_people
        ],
        "e": None if e is None else 100 * e,
    }


def _parts(filters: Filters) -> tuple[Sequence[Part], Site | None]:
    if filters.by != SITE:
        return list(_of_people(filters)), None
    sites = dispositions.sites_of(filters.wave).filter(code__gt=filters.after)
    page = portion_of(sites, SHOWN)
    return dispositions.by_site(filters.wave, page.rows), page.last


def _of_people(filters: Filters) -> Sequence[Part]:
    count = dispositions.by_team if filters.by == TEAM else dispositions.by_enumerator
    return count(filters.wave, filters.reader, is_whole=filters.is_whole)


def _row(name: str | Promise, counted: Counted, e: float | None) -> Row:
    found = counted.rates(e)
    return Row(
        name,
        counted,
        _percent(found.rr4),
        _percent(found.con2),
        _percent(found.coop2),
        _percent(found.ref2),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def lines_of(filters: Filters) -> Iterator[str]:
    """Every outcome and every rate as CSV, line by line; the whole wave comes first."""
    header = [filters.by, "cases", "attempts", *Outcome, *(rate.name for rate in fields(Rates))]
    whole = dispositions.whole(filters.wave)
    e = whole.tally.eligibility
    parts = chain([Part("", whole)], _all_parts(filters))
    return csv_lines(header, (_cells(part, e) for part in parts))


def _all_parts(filters: Filters) -> Iterable[Part]:
    """Also of more sites than a page shows, some at a time."""
    if filters.by != SITE:
        yield from _of_people(filters)
        return
    last: Site | None = Site(code="")
    while last is not None:
        page = portion_of(dispositions.sites_of(filters.wave).filter(code__gt=last.code), 1_000)
        yield from dispositions.by_site(filters.wave, page.rows)
        last = page.last


def _cells(part: Part, e: float | None) -> Iterator[str]:
    counted = part.counted
    yield part.name
    yield str(counted.cases)
    yield str(counted.attempts)
    yield from (str(counted.outcomes.get(outcome, 0)) for outcome in Outcome)
    for share in asdict(counted.rates(e)).values():
        yield "" if share is None else f"{share:.6f}"
