"""Long lists a page at a time: by key or by change, with bounded work whatever is asked for."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest

from surveys.api.instances import Keep
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Interview
from surveys.models.interview import InterviewQuerySet

LOOKED_AT = 20_000  # interviews at a time
READ_AT_ONCE = 1_000  # whose answers are read
PATIENCE_S = 0.15
MOST, USUAL = 500, 100  # interviews a page
AFTER = "after"


class UnknownPlace(SurveyError):
    """A place in a list that this server did not give out."""

    def __init__(self, parameter: str = AFTER) -> None:
        super().__init__(
            gettext_noop(
                "Follow the address of the next page as it is: `%(parameter)s` is not one we gave."
            ),
            parameter=parameter,
        )


@dataclass(frozen=True)
class Place:
    """Behind which interview a page begins. With `changed` the list is in order of change and ends
    at `until`; otherwise in order of key, and what changes is complete from `until` on.
    """

    until: datetime
    pk: int = 0
    changed: datetime | None = None

    def behind(self, changed: datetime, pk: int) -> "Place":
        return replace(self, pk=pk, changed=changed if self.changed else None)

    def written(self) -> str:
        changed = self.changed.isoformat() if self.changed else None
        return sealed([self.until.isoformat(), self.pk, changed])

    @property
    def order(self) -> tuple[str, ...]:
        return ("changed_at", "pk") if self.changed else ("pk",)

    def following(self, rows: InterviewQuerySet) -> InterviewQuerySet:
        """Of the rows those behind the place, in its order."""
        if self.changed is None:
            return rows.filter(pk__gt=self.pk).order_by("pk")
        here = rows.filter(changed_at__gte=self.changed, changed_at__lt=self.until)
        return here.exclude(changed_at=self.changed, pk__lte=self.pk).order_by(*self.order)

    def up_to(self, rows: InterviewQuerySet, last: "Place") -> InterviewQuerySet:
        """Of the rows those not behind the last one."""
        if last.changed is None:
            return rows.filter(pk__lte=last.pk)
        return rows.filter(changed_at__lte=last.changed).exclude(
            changed_at=last.changed, pk__gt=last.pk
        )


def place_in(text: str) -> Place:
    """Raises UnknownPlace."""
    try:
        until, pk, changed = opened(text)
        return Place(
            datetime.fromisoformat(until),
            int(pk),
            datetime.fromisoformat(changed) if changed else None,
        )
    except (ValueError, TypeError) as error:
        raise UnknownPlace from error


def sealed(said: list[Any]) -> str:
    """Written so that only this server reads it: places and moments are finer than what audiences are
    told.
    """
    return _cipher().encrypt(json.dumps(said).encode()).decode()


def opened(text: str) -> list[Any]:
    """Raises ValueError."""
    try:
        said: list[Any] = json.loads(_cipher().decrypt(text.encode()))
    except InvalidToken as error:
        raise ValueError(text) from error
    return said


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(f"surveys.api {settings.SECRET_KEY}".encode()).digest()))


@dataclass(frozen=True)
class Page:
    """Keys of interviews in order; `behind` is where the next page begins, None after the last."""

    keys: Sequence[int]
    behind: Place | None


def page_of(rows: InterviewQuerySet, place: Place, most: int, keep: Keep | None = None) -> Page:
    """The next interviews of the rows behind a place; with `keep` those of them that it keeps.

    Looks at `LOOKED_AT` interviews at a time and stops after `PATIENCE_S`: then the page has fewer than
    `most`, even none, and the next one begins where looking ended. No statement is ever longer, however
    few interviews are what is looked for.
    """
    found: list[int] = []
    deadline = time.monotonic() + PATIENCE_S
    while True:
        end = _looked_up_to(place)
        here = place.following(rows)
        here = place.up_to(here, end) if end else here
        size = READ_AT_ONCE if keep else most - len(found)
        some = list(here.values_list("changed_at", "pk")[:size])
        for changed, pk in _kept(some, keep):
            found.append(pk)
            if len(found) == most:
                return Page(found, place.behind(changed, pk))
        if len(some) == size:
            place = place.behind(*some[-1])
        elif end is None:
            return Page(found, None)
        else:
            place = end
        if time.monotonic() > deadline:
            return Page(found, place)


def _kept(
    some: Sequence[tuple[datetime, int]], keep: Keep | None
) -> Sequence[tuple[datetime, int]]:
    if keep is None:
        return some
    kept = keep([pk for _changed, pk in some])
    return [one for one in some if one[1] in kept]


def _looked_up_to(place: Place) -> Place | None:
    """The last interview of those that are looked at at once; None where fewer are left."""
    following = place.following(Interview.objects.all()).values_list("changed_at", "pk")
    last = following[LOOKED_AT - 1 : LOOKED_AT].first()
    return place.behind(*last) if last else None


def next_address(request: HttpRequest, behind: Place | None) -> str | None:
    return None if behind is None else address_after(request, behind.written())


def address_after(request: HttpRequest, place: str) -> str:
    """The address of the page that begins at a place."""
    asked = request.GET.copy()
    asked[AFTER] = place
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
