"""What an address of a feed asks for, read once; what OData has and the feed has not is refused by name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, QueryDict

from surveys.api.asked import UnknownParameter, UnknownValue, require_text
from surveys.api.odata.conditions import NotImplementedHere
from surveys.api.odata.filters import Filter, filter_in, require_column
from surveys.api.odata.places import ByArrival, ById, Start, start_in
from surveys.api.odata.tables import Property, Table
from surveys.errors import gettext_noop

OPTIONS = ("$filter", "$select", "$orderby", "$top", "$count", "$skiptoken", "$format")
FORMATS = re.compile(r"(?i)json|application/json(\s*;.*)?")
MOST = 2_000  # rows a page
PAGE_SIZE = re.compile(r"(?:odata\.)?maxpagesize=(\d{1,9})")
EVERYTHING = Filter(lambda _row: True, Q())


@dataclass(frozen=True)
class Asked:
    """Which rows and columns of a table, from where on; `top` is None for all rows."""

    table: Table
    properties: Sequence[Property]
    filter: Filter
    start: Start
    top: int | None
    with_count: bool
    most: int  # rows in this page

    @property
    def is_filtered(self) -> bool:
        return self.filter is not EVERYTHING


def asked_of(request: HttpRequest, table: Table) -> Asked:
    """Raises UnknownParameter, UnknownValue, UnknownPlace, NotUnderstood, NotImplementedHere."""
    require_text(request)
    given = options_in(request.GET, OPTIONS)
    _require_json(given)
    condition = given.get("$filter", "")
    wanted = filter_in(condition, table) if condition else EVERYTHING
    return Asked(
        table,
        properties=_selected(given.get("$select", "*"), table),
        filter=wanted,
        start=_start(given, table, wanted),
        top=_top(given.get("$top", "")),
        with_count=_with_count(given.get("$count", "")),
        most=_page_size(request.headers.get("Prefer", "")),
    )


def options_in(query: QueryDict, known: Sequence[str]) -> Mapping[str, str]:
    """Each option once. Raises UnknownParameter, NotImplementedHere."""
    for name, values in query.lists():
        if name not in known or len(values) > 1:
            refused = NotImplementedHere if name.startswith("$") else UnknownParameter
            raise refused(
                gettext_noop("This feed does not take `%(name)s` here. It takes, once: %(known)s."),
                name=name,
                known=", ".join(known) or "–",
            )
    return query.dict()  # type: ignore[return-value]  # no name has several values


def _require_json(given: Mapping[str, str]) -> None:
    if not FORMATS.fullmatch(given.get("$format", "json").strip()):
        raise NotImplementedHere(gettext_noop("The rows of this feed come as JSON only."))


def _selected(text: str, table: Table) -> Sequence[Property]:
    names = [name.strip() for name in text.split(",")]
    if "*" in names:
        return table.properties
    for name in names:
        require_column(name, table)
    return [one for one in table.properties if one.name in names]


def _start(given: Mapping[str, str], table: Table, wanted: Filter) -> Start:
    """Raises UnknownPlace, NotImplementedHere."""
    order = given.get("$orderby", "").split()
    if order and not (_is_by_key(order[0], table) and order[1:] in ([], ["asc"], ["desc"])):
        raise NotImplementedHere(
            gettext_noop(
                "Rows come as interviews arrived. They can be sorted by `interview_id` only, and "
                "only interviews, by who is told their ids."
            )
        )
    if "$skiptoken" in given:
        return start_in(given["$skiptoken"])
    return ById(is_falling="desc" in order) if order or wanted.is_of_one else ByArrival()


def _is_by_key(name: str, table: Table) -> bool:
    return table.is_sortable and name == table.key.name


def _top(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnknownValue(
            gettext_noop("`%(name)s` is a whole number; it is “%(given)s”."),
            name="$top",
            given=text,
        )
    return int(text)


def _with_count(text: str) -> bool:
    if text.lower() not in ("", "true", "false"):
        raise UnknownValue(
            gettext_noop("`$count` is true or false; it is “%(given)s”."), given=text
        )
    return text.lower() == "true"


def _page_size(preferred: str) -> int:
    match = PAGE_SIZE.search(preferred)
    return max(1, min(MOST, int(match[1]))) if match else MOST
