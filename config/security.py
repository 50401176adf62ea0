"""What a response permits the browser, and whom a request comes from."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

API = "/api/"
JSON = ("application/json", "application/problem+json")


class AnswersToPrograms:
    """Middleware: what the API says is given to be saved, so that no browser shows it as a page of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if request.path.startswith(API) and kind in JSON:
            response.headers.setdefault("Content-Disposition", 'attachment; filename="api.json"')
        return response


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy everywhere, the one that the admin skin needs on its pages only."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002  # the signature of django-csp
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        is_admin = request.path.startswith(reverse("admin:index"))
        if is_admin and parts.config is None and not report_only:
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY["DIRECTIVES"]
        return parts


def client_address(request: HttpRequest) -> str:
    """Who asks: behind our own proxy the last address it wrote, which no client can forge."""
    seen: str = request.META.get("REMOTE_ADDR", "")
    if not settings.BEHIND_PROXY:
        return seen
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return forwarded.rpartition(",")[2].strip() or seen
