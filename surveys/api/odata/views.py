"""The addresses of a feed."""

from django.http import HttpRequest, HttpResponse

from surveys.api.odata.answering import Feed, in_json, odata
from surveys.api.odata.asked import Asked, asked_of, options_in
from surveys.api.odata.conditions import NotImplementedHere
from surveys.api.odata.documents import metadata_of, service_document
from surveys.api.odata.pages import Page, page_of
from surveys.api.odata.tables import Table
from surveys.errors import gettext_noop
from surveys.exports.interviews import count as count_interviews


@odata
def service(request: HttpRequest, feed: Feed) -> HttpResponse:
    """The tables that there are."""
    options_in(request.GET, ("$format",))
    return in_json(service_document(feed.root, feed.tables.values()))


@odata
def metadata(request: HttpRequest, feed: Feed) -> HttpResponse:
    """Their columns, with types and labels."""
    options_in(request.GET, ("$format",))
    return HttpResponse(metadata_of(feed.tables.values()), content_type="application/xml")


@odata
def rows(request: HttpRequest, feed: Feed, table: str) -> HttpResponse:
    """A page of a table."""
    if "(" in table:
        raise NotImplementedHere(
            gettext_noop("No row has an address of its own: ask with `$filter` for its key.")
        )
    asked = asked_of(request, feed.table(table))
    content: dict[str, object] = {"@odata.context": _context(feed, asked)}
    if asked.with_count:
        content["@odata.count"] = _count(feed, asked.table, is_filtered=asked.is_filtered)
    page = page_of(feed.order, asked)
    content["value"] = page.rows
    if following := _next(request, asked, page):
        content["@odata.nextLink"] = following
    return in_json(content)


@odata
def count(request: HttpRequest, feed: Feed, table: str) -> HttpResponse:
    """How many rows a table has."""
    options_in(request.GET, ())
    return HttpResponse(str(_count(feed, feed.table(table))), content_type="text/plain")


def _context(feed: Feed, asked: Asked) -> str:
    names = ",".join(one.name for one in asked.properties)
    is_whole = len(asked.properties) == len(asked.table.properties)
    return f"{feed.root}$metadata#{asked.table.name}{'' if is_whole else f'({names})'}"


def _count(feed: Feed, table: Table, *, is_filtered: bool = False) -> int:
    """Raises NotImplementedHere where counting would mean reading every interview."""
    if is_filtered or not table.is_countable:
        raise NotImplementedHere(
            gettext_noop(
                "Only interviews are counted, without `$filter`, and not in the layer “published”."
            )
        )
    return count_interviews(feed.order)


def _next(request: HttpRequest, asked: Asked, page: Page) -> str | None:
    left = None if asked.top is None else asked.top - len(page.rows)
    if page.behind is None or left == 0:
        return None
    query = request.GET.copy()
    query["$skiptoken"] = page.behind.written()
    query.pop("$count", None)
    if left is not None:
        query["$top"] = str(left)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode(safe='$')}")
