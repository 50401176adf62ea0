"""Where a page of a feed begins: in order of arrival, or of the interviews' ids."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.utils import timezone

from surveys.api import paging
from surveys.api.paging import UnknownPlace, opened, sealed
from surveys.models.interview import InterviewQuerySet

KEYS = 1_000  # of interviews, looked up at once


@dataclass(frozen=True)
class Look:
    """Keys of interviews in order, each with the place behind it; `behind` is that behind what was
    looked at, None where nothing is left.
    """

    steps: Sequence[tuple[int, "Start"]]
    behind: "Start | None"


@dataclass(frozen=True)
class ByArrival:
    """Behind the interview with that key."""

    pk: int = 0

    def look(self, rows: InterviewQuerySet) -> Look:
        page = paging.page_of(rows, paging.Place(timezone.now(), self.pk), KEYS)
        behind = ByArrival(page.behind.pk) if page.behind else None
        return Look([(pk, ByArrival(pk)) for pk in page.keys], behind)

    def written(self) -> str:
        return sealed(["arrival", self.pk])


@dataclass(frozen=True)
class ById:
    """Behind the interview with that id; blank for the beginning."""

    root: str = ""
    is_falling: bool = False

    def look(self, rows: InterviewQuerySet) -> Look:
        if self.root:
            rows = rows.filter(**{f"root_uuid__{'lt' if self.is_falling else 'gt'}": self.root})
        order = "-root_uuid" if self.is_falling else "root_uuid"
        found = rows.order_by(order).values_list("pk", "root_uuid")[:KEYS]
        steps = [(pk, replace(self, root=root)) for pk, root in found]
        return Look(steps, steps[-1][1] if len(steps) == KEYS else None)

    def written(self) -> str:
        return sealed(["id", self.root, self.is_falling])


Start: TypeAlias = ByArrival | ById


def start_in(text: str) -> Start:
    """Raises UnknownPlace."""
    try:
        match opened(text):
            case ["arrival", int(pk)]:
                return ByArrival(pk)
            case ["id", str(root), bool(is_falling)]:
                return ById(root, is_falling)
    except ValueError:
        pass
    raise UnknownPlace("$skiptoken")
