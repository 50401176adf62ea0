"""Long lists: by key, some rows at once and the last of them where more follow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from unfold.views import ChangeList

from surveys.admin.order import Order, Place, UnknownPlace

BEYOND = re.compile(r"\s*[+-]?[\d_]{19,}\s*")  # as a key, more than databases keep in 64 bits

Row = TypeVar("Row", bound=Model)
LISTED = 10_000  # rows are counted up to here
END = Place(is_before=True)


@dataclass(frozen=True)
class Portion(Generic[Row]):
    """`last` is the row after which more follow, None where these are the last ones."""

    rows: Sequence[Row]
    last: Row | None


def portion_of(rows: QuerySet[Row], most: int) -> Portion[Row]:
    """The first rows; one more is read to see whether there are more."""
    some = list(rows[: most + 1])
    shown = some[:most]
    return Portion(shown, shown[-1] if len(some) > most else None)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of an ordered list, with the places of the pages beside it, None where there is none."""

    rows: Sequence[Row]
    previous: Place | None
    next: Place | None


def page_of(rows: QuerySet[Row], order: Order, place: Place | None, most: int) -> Page[Row]:
    """The page at a place, the first without one. A page is full where there are rows enough: at both ends
    of the list it is the page of that end.
    """
    if place is not None and place.is_before:
        page = _before(rows, order, place, most)
        return page if page.previous or len(page.rows) == most else _behind(rows, order, None, most)
    page = _behind(rows, order, place, most)
    return page if page.rows or place is None else page_of(rows, order, END, most)


def _behind(rows: QuerySet[Row], order: Order, place: Place | None, most: int) -> Page[Row]:
    found = portion_of(order.behind(rows, place.values if place else ()), most)
    is_first = place is None or not found.rows
    return Page(
        found.rows,
        None if is_first else order.place_of(found.rows[0], is_before=True),
        order.place_of(found.last) if found.last else None,
    )


def _before(rows: QuerySet[Row], order: Order, place: Place, most: int) -> Page[Row]:
    found = portion_of(order.reversed().behind(rows, place.values), most)
    is_last = place == END or not found.rows
    return Page(
        found.rows[::-1],
        order.place_of(found.last, is_before=True) if found.last else None,
        None if is_last else order.place_of(found.rows[0]),
    )


class FirstPages(Paginator):  # type: ignore[type-arg]  # at run time it takes none
    """Pages of the first rows, for what is chosen from: of a million nobody turns the pages. To count them
    takes longer than to show some.
    """

    template_name = "admin/surveys/pages.html"

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Model] = self.object_list  # type: ignore[assignment]  # of lists of the admin
        return rows.order_by()[: LISTED + 1].count()


class LongList(ChangeList):
    """A list of the admin, paged by key.

    What is not filtered is all there is: that needs no second count, and no way to see all.
    """

    page: Page[Any]
    order: Order
    is_cut: bool  # whether there are more rows than are counted

    def get_filters(self, request: HttpRequest) -> Any:
        """Refuses a key that no row can have where Django would look for it: SQLite breaks on it."""
        ours = {getattr(one, "parameter_name", None) for one in self.list_filter}
        asked = (texts for name, texts in self.get_filters_params().items() if name not in ours)
        if any(BEYOND.fullmatch(key) for texts in asked for one in texts for key in one.split(",")):
            raise IncorrectLookupParameters
        return super().get_filters(request)

    def get_ordering_field(self, field_name: Any) -> Any:
        """None for a column by which the list is not offered in order."""
        offered = self.list_display if self.sortable_by is None else self.sortable_by
        return super().get_ordering_field(field_name) if field_name in offered else None

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Either the chosen order or the list's own."""
        self.order = Order.of(queryset, super().get_ordering(request, queryset.order_by()))
        return [term.expression for term in self.order.terms]

    def get_results(self, request: HttpRequest) -> None:
        self.page = page_of(self.queryset, self.order, self._place(request), self.list_per_page)
        self.result_list = self.page.rows
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.result_count = self.paginator.count
        self.is_cut, self.listed = self.result_count > LISTED, LISTED
        is_whole = not (self.has_active_filters or self.query)
        self.show_full_result_count = is_whole
        self.full_result_count = self.result_count if is_whole else None
        self.show_admin_actions = bool(self.result_count)
        self.can_show_all = self.multi_page = False

    def _place(self, request: HttpRequest) -> Place | None:
        """Where the address says, None for the beginning, also where what it says is nowhere."""
        text = request.GET.get(PAGE_VAR)
        if not text:
            return None
        try:
            return self.order.place_in(text)
        except UnknownPlace:
            words = _("The address names no place in this list, so it is shown from the beginning.")
            messages.warning(request, words)
            return None

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Addresses of other pages, blank where this is the one; with their names. None of an only page."""
        if not (self.page.previous or self.page.next):
            return []
        last = END if self.page.next else None
        return [
            (self.get_query_string() if self.page.previous else "", pgettext("page", "First")),
            (self._address(self.page.previous), pgettext("page", "Previous")),
            (self._address(self.page.next), pgettext("page", "Next")),
            (self._address(last), pgettext("page", "Last")),
        ]

    def _address(self, place: Place | None) -> str:
        written = place and self.order.written(place)
        return self.get_query_string({PAGE_VAR: written}) if written else ""
