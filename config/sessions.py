"""Sessions: that they end, and what they open before the second step of signing in."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from config.security import client_address
from surveys import sessions
from surveys.models import User
from surveys.webform.own_sign_in import must_set_up


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
        response = self.get_response(request)
        if request.session.modified and SESSION_KEY in request.session:  # who has just signed in
            _bind(request)
        return response


def _goes_on(request: HttpRequest) -> bool:
    _bind(request)
    return sessions.goes_on(request.session)


def _bind(request: HttpRequest) -> None:
    if sessions.BOUNDS not in request.session:
        agent = request.headers.get("User-Agent", "")
        sessions.bind(request.session, request.user, agent, client_address(request))


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
