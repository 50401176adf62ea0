"""What the pages of the office write into the trail: everything, but what is known to be harmless.

A new address is therefore in the trail by itself. Devices' doors are not: what they send is kept as it came, with
the sender.
"""

from collections.abc import Callable
from http import HTTPMethod, HTTPStatus
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch
from django_guid import get_guid

from config.security import client_address
from surveys import trail
from surveys.api_tokens import Holder
from surveys.models import User
from surveys.trail import Action

READING = (HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS)
SIGN_IN = ("login", "sign_in_code", "admin:login")
SIGN_OUT = ("logout", "admin:logout")
SEARCHES = ("q", "search")  # words that somebody typed, maybe a name

# Pages that show nobody, and what enumerators do in their own interviews.
QUIET = frozenset(
    {
        "admin:app_list",
        "admin:autocomplete",
        "admin:index",
        "admin:jsi18n",
        "admin:search",
        "admin:surveys_job_progress",
        "admin:view_on_site",
        "api:api-root",
        "api:openapi-json",
        "api:openapi-view",
        "dashboard-crosstab",
        "dashboard-explain",
        "dashboard-figures",
        "discard",
        "draft_file",
        "draft_files",
        "draft_log",
        "fill",
        "finish",
        "form_definition",
        "form_file",
        "form_list",
        "healthz",
        "healthz-live",
        "home",
        "instance",
        "integrity",
        "kits",
        "live",
        "manifest",
        "metrics",
        "offline",
        "openrosa_file",
        "openrosa_form",
        "openrosa_forms",
        "openrosa_list",
        "openrosa_manifest",
        "preview",
        "preview_definition",
        "preview_end",
        "preview_file",
        "preview_files",
        "preview_instance",
        "preview_list",
        "public",
        "public-table",
        "receipt",
        "received",
        "section",
        "service_worker",
        "set_language",
        "submission",
    }
)
TAKING = frozenset({"api:list_interviews", "odata:rows"})  # interviews, given to programs
FILE = "attachment"  # how the header begins with which an answer leaves the house as a file


class Trail:
    """Adds to the trail before the answer goes out: what could not be noted is not shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asker = request.user  # looked up when it is needed; signing in and out changes who it is
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.view_name not in QUIET:
            self._note(request, response, match, asker)
        return response

    def _note(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        match: ResolverMatch,
        asker: User | AnonymousUser,
    ) -> None:
        person = person_of(request, asker)
        action = action_of(match.view_name, str(request.method), response)
        if person is None or action is None:
            return
        trail.append(
            person,
            action,
            match.view_name,
            key="/".join(str(value) for value in match.kwargs.values()),
            query=_query(request),
            status=response.status_code,
            address=client_address(request),
            request_id=get_guid() or "",
        )


def person_of(request: HttpRequest, asker: User | AnonymousUser) -> User | None:
    """Who did it: by session, by a program's token, or until signing out."""
    holder = getattr(request, "auth", None)
    if isinstance(holder, Holder):
        return holder.person
    found = (person for person in (request.user, asker) if person.is_authenticated)
    return next(found, None)


def action_of(view: str, method: str, response: HttpResponseBase) -> Action | None:
    """None where nothing was done: the page to sign in is shown, also again."""
    if view in SIGN_IN:
        is_done = method not in READING and response.status_code == HTTPStatus.FOUND
        return Action.SIGNED_IN if is_done else None
    if view in SIGN_OUT:
        return Action.SIGNED_OUT
    if view in TAKING or response.headers.get("Content-Disposition", "").startswith(FILE):
        return Action.TOOK
    return Action.SAW if method in READING else Action.CHANGED


def _query(request: HttpRequest) -> str:
    return urlencode(
        [(name, "…" if name in SEARCHES else value) for name, value in request.GET.items()]
    )
