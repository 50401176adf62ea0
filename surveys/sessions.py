"""Where people are signed in: sessions that know whose they are, how long they last, and their end.

`SESSION_ENGINE` names this module for its `SessionStore`.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.crypto import constant_time_compare, salted_hmac

from surveys import memberships
from surveys.models import Session, User

BOUNDS = "bound"
ORIGIN = "origin"
NOTED_EVERY_S = 300  # so that most requests write nothing
LONGEST_AGENT = 300


class SessionStore(DatabaseStore):
    """Django's own, in our table, with whose it is beside what it holds."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = data.get(SESSION_KEY)
        return row


@dataclass(frozen=True)
class Place:
    """A browser or phone in which somebody is signed in. `name` is what it is ended by: nobody gets in
    with that.
    """

    name: str
    agent: str
    address: str
    since: datetime
    seen: datetime
    is_here: bool


def bind(
    session: SessionBase, person: User | AnonymousUser, agent: str = "", address: str = ""
) -> None:
    """Give the session of somebody who signs in now its bounds, and note where. Takes up to four
    queries.
    """
    whole, idle = settings.SESSIONS_IN_FIELD
    if memberships.works_at_desk(person):
        whole, idle = settings.SESSIONS_AT_DESK
    elif memberships.is_staff(person):  # who leads a team on the road signs in once a day
        whole = idle = settings.SESSIONS_AT_DESK[0]
    now, whole_s, idle_s = int(time.time()), int(whole.total_seconds()), int(idle.total_seconds())
    session[BOUNDS] = [now + whole_s, idle_s, now]
    session[ORIGIN] = [now, agent[:LONGEST_AGENT], address]


def goes_on(session: SessionBase) -> bool:
    """Whether a session that has bounds is within them; that it was used is noted in it."""
    until, idle_s, seen = session[BOUNDS]
    now = int(time.time())
    if not _is_within(session[BOUNDS]):
        return False
    if now - seen > min(NOTED_EVERY_S, idle_s // 6):
        session[BOUNDS] = [until, idle_s, now]
    return True


def places_of(person: User, here: str | None = None) -> list[Place]:
    """Where somebody is signed in now, what was used last first; `here` is the key of the asker's own
    session. Takes a query.
    """
    places = [
        _place(row.session_key, data, is_here=row.session_key == here)
        for row in Session.objects.filter(user=person.pk)
        if _opens(data := SessionStore().decode(row.session_data), person)
    ]
    return sorted(places, key=lambda place: (place.is_here, place.seen), reverse=True)


def end(person: User, names: Iterable[str]) -> int:
    """End sessions of a person by the names of their places; how many there were."""
    wanted = set(names)
    keys = Session.objects.filter(user=person.pk).values_list("session_key", flat=True)
    ended = [key for key in keys if _name_of(key) in wanted]
    gone, _by_table = Session.objects.filter(session_key__in=ended).delete()
    return gone


def _is_within(bounds: list[int]) -> bool:
    until, idle_s, seen = bounds
    now = int(time.time())
    return now <= until and now - seen <= idle_s


def _opens(data: dict[str, Any], person: User) -> bool:
    """Whether what a session holds would let its browser in: not after another password."""
    known = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    is_valid = any(constant_time_compare(data.get(HASH_SESSION_KEY, ""), one) for one in known)
    return is_valid and BOUNDS in data and _is_within(data[BOUNDS])


def _place(key: str, data: dict[str, Any], *, is_here: bool) -> Place:
    since, agent, address = data[ORIGIN]
    seen = data[BOUNDS][2]
    return Place(
        _name_of(key),
        agent,
        address,
        datetime.fromtimestamp(since, UTC),
        datetime.fromtimestamp(seen, UTC),
        is_here,
    )


def _name_of(key: str) -> str:
    return salted_hmac("surveys.sessions", key, algorithm="sha256").hexdigest()[:32]
