"""Long lists: by key, some rows at once and the last of them where more follow; of ordinary lists
the first pages only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

Row = TypeVar("Row", bound=Model)
LISTED = 10_000


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


class FirstPages(Paginator):  # type: ignore[type-arg]  # at run time it takes none
    """Pages of the first rows. Of a million nobody turns the pages, and to count them takes longer
    than to show some; the page says that there are more.
    """

    template_name = "admin/surveys/first_pages.html"
    listed = LISTED

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Model] = self.object_list  # type: ignore[assignment]  # of lists of the admin
        return rows.order_by()[: self.listed].count()

    @property
    def is_cut(self) -> bool:
        return self.count >= self.listed


class LongList(ChangeList):
    """What is not filtered is all there is: that needs no second count, and no way to see all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.has_active_filters or self.query):
            self.show_full_result_count, self.full_result_count = True, self.result_count
