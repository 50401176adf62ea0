"""Sessions: how long they last, and what they open before the second step of signing in."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from surveys import memberships
from surveys.models import User
from surveys.webform.own_sign_in import must_set_up

IN_SESSION = "bound"
NOTED_EVERY_S = 300  # so that most requests write nothing


class BoundSessions:
    """Middleware: a session ends some time after its sign-in, and sooner where nobody uses it.

    It keeps when it ends, after how long without a request, and since when. Sooner in the office, where
    an open browser shows everybody's answers; late on phones, which may be days without a network.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and isinstance(request.user, User) and not _goes_on(request):
            logout(request)
        return self.get_response(request)


def _goes_on(request: HttpRequest) -> bool:
    """Whether the session is within its bounds; that it was used is noted in it."""
    now = int(time.time())
    if IN_SESSION not in request.session:
        bind(request.session, request.user)
    until, idle_s, seen = request.session[IN_SESSION]
    if now > until or now - seen > idle_s:
        return False
    if now - seen > min(NOTED_EVERY_S, idle_s // 6):
        request.session[IN_SESSION] = [until, idle_s, now]
    return True


def bind(session: SessionBase, person: User | AnonymousUser) -> None:
    """Give the session of somebody who signs in now its bounds. Takes up to four queries."""
    whole, idle = settings.SESSIONS_IN_FIELD
    if memberships.works_at_desk(person):
        whole, idle = settings.SESSIONS_AT_DESK
    elif memberships.is_staff(person):  # who leads a team on the road signs in once a day
        whole = idle = settings.SESSIONS_AT_DESK[0]
    now, whole_s, idle_s = int(time.time()), int(whole.total_seconds()), int(idle.total_seconds())
    session[IN_SESSION] = [now + whole_s, idle_s, now]


class SecondStepRequired:
    """Middleware: where `STAFF_MFA=required`, people of the office who did not take the second step find
    no page but the one to set it up. Devices and programs, which have no session, are not asked.
    """

    FREE = frozenset({"account", "set_up", "logout", "admin:logout", "set_language", "healthz"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not has_session or (match and match.view_name in self.FREE):
            return None
        return redirect("account") if must_set_up(request) else None
