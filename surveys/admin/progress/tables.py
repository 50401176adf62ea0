"""The tables of progress: a part at a time for the page, whole for a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from surveys.admin.access import key_in, pair_in
from surveys.admin.paging import portion_of
from surveys.admin.progress.filters import Filters
from surveys.exports.csv import csv_lines
from surveys.models import Site
from surveys.progress.lines import Line, people_lines, site_lines, team_lines
from surveys.progress.scope import Scope, sites_of

PAGE = 50  # lines at once
TOGETHER = 500  # of a file
WHOLE: Mapping[str, Callable[..., list[Line]]] = {"person": people_lines, "team": team_lines}


@dataclass(frozen=True)
class Cell:
    head: str
    text: str
    address: str = ""
    chip: str = ""


@dataclass(frozen=True)
class Shown:
    """A line as the page has it, with the address of the page about it alone."""

    line: Line
    name: str
    own_page: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    rows: Sequence[Shown]
    more: str  # what follows the ? of the address of those that follow, blank where there are none

    @property
    def heads(self) -> list[str]:
        return [cell.head for cell in self.rows[0].cells] if self.rows else []


def table_of(scope: Scope, filters: Filters) -> Table:
    """The lines that the address asks for, the worst first."""
    if filters.table == "site":
        return _of_sites(scope, filters)
    lines = WHOLE[filters.table](scope, filters.since)
    start = key_in(filters.after) or 0
    rest = start + PAGE < len(lines)
    more = filters.query(after=start + PAGE) if rest else ""
    return Table([_shown(line, filters) for line in lines[start : start + PAGE]], more)


def _of_sites(scope: Scope, filters: Filters) -> Table:
    portion = portion_of(_after(sites_of(scope), filters.after), PAGE)
    lines = site_lines(scope, portion.rows, filters.since)
    last = portion.last
    more = filters.query(after=f"{last.rank}-{last.pk}") if last else ""  # type: ignore[attr-defined]
    return Table([_shown(line, filters) for line in lines], more)


def _after(sites: QuerySet[Site], place: str) -> QuerySet[Site]:
    last = pair_in(place)
    if last is None:
        return sites
    rank, key = last
    return sites.filter(Q(rank__gt=rank) | Q(rank=rank, pk__gt=key))


def _shown(line: Line, filters: Filters) -> Shown:
    match filters.table:
        case "site":
            behind = filters.interviews(site=line.key)
            return _row(line, line.name, filters.query(site=line.name, table="person"), behind)
        case "person" if line.key is not None:
            behind = filters.interviews(enumerator=line.key)
            return _row(line, line.name, filters.query(person=line.name, table="site"), behind)
        case "person":
            return _row(line, _("nobody's: imported, or an account that is gone"))
        case _:
            return _row(line, line.name or _("no team"))


def _row(line: Line, name: str, own_page: str = "", behind: str = "") -> Shown:
    """`behind` is the address of its interviews."""
    beyond = _("%(n)s beyond") % {"n": line.beyond} if line.beyond else ""
    last = date_format(localtime(line.last_at), "SHORT_DATETIME_FORMAT") if line.last_at else "–"
    pace = "–" if line.a_day is None else number_format(line.a_day, 1)
    cells = [
        Cell(_("Target"), str(line.target or "–")),
        Cell(_("Done"), str(line.done), behind if line.done else "", beyond),
        Cell(_("Left"), str(line.left)),
        Cell(_("A day"), pace),
        Cell(_("Last one"), last),
        Cell(_("Broken off"), str(line.partial)),
        Cell(_("Refused"), str(line.refused)),
        Cell(_("Practice"), str(line.practice)),
        Cell(_("Not counted"), str(line.aside)),
    ]
    if line.since is not None:
        cells.insert(3, Cell(_("Since then"), str(line.since)))
    return Shown(line, name, own_page, cells)


def file_of(scope: Scope, filters: Filters) -> Iterator[str]:
    """The whole table as CSV, which a spreadsheet opens as text, line by line."""
    is_by_site = filters.table == "site"
    lines = (
        _site_by_site(scope, filters) if is_by_site else WHOLE[filters.table](scope, filters.since)
    )
    return csv_lines(HEADER, map(_cells, lines))


def _site_by_site(scope: Scope, filters: Filters) -> Iterator[Line]:
    sites = sites_of(scope).iterator(chunk_size=TOGETHER)
    while some := list(islice(sites, TOGETHER)):
        yield from site_lines(scope, some, filters.since)


HEADER = (
    "name", "about", "target", "done", "left", "beyond", "partial", "refused", "practice",
    "not_counted", "days", "a_day", "last", "since",
)  # fmt: skip


def _cells(line: Line) -> Iterator[str]:
    yield from (line.name, line.about)
    counts = (line.target, line.done, line.left, line.beyond, line.partial, line.refused)
    yield from map(str, (*counts, line.practice, line.aside, line.days))
    yield "" if line.a_day is None else f"{line.a_day:.2f}"
    yield localtime(line.last_at).isoformat(timespec="minutes") if line.last_at else ""
    yield "" if line.since is None else str(line.since)
