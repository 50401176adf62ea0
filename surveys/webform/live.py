"""The live page of a form, and the definition by which its scripts bring it to life."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from surveys.questionnaires import form_of
from surveys.webform.media import FOREVER
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.rendering import Rendered, form_json, live_page
from surveys.webform.versions import language_at, visible_version

ASK_AGAIN = "private, no-cache"  # kept, and asked about each time


@require_safe
@gzip_page
@ensure_csrf_cookie
@person_page
def live(request: PersonRequest, version_id: int, language: str) -> HttpResponse:
    """The page: the same for everybody, whatever the draft in its address."""
    version = visible_version(request.user, version_id)
    code = language_at(form_of(version), language).code
    response = _sent(request, live_page(version, code), "text/html; charset=utf-8", ASK_AGAIN)
    _fetch_early(request, response)
    return response


def _fetch_early(request: PersonRequest, response: HttpResponse) -> None:
    """The draft comes while scripts do: without this it would be asked for by the last of them. Under
    an address of its own, as what came then must not answer who asks later.
    """
    try:
        draft = UUID(request.GET.get("draft", ""))
    except ValueError:
        return
    address = reverse("instance", args=(draft,))
    response["Link"] = f"<{address}?opening>; rel=preload; as=fetch; crossorigin"


@require_safe
@gzip_page
@person_page
def form_definition(request: PersonRequest, version_id: int, language: str) -> HttpResponse:
    """The definition as JSON; under the address that the page gives it never changes."""
    version = visible_version(request.user, version_id)
    rendered = form_json(version, language_at(form_of(version), language).code)
    is_current = request.GET.get("v") == rendered.digest
    return _sent(request, rendered, "application/json", FOREVER if is_current else ASK_AGAIN)


def _sent(
    request: PersonRequest, rendered: Rendered, content_type: str, cache_control: str
) -> HttpResponse:
    etag = quote_etag(rendered.digest)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponse):
        response = HttpResponse(rendered.content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = cache_control
    return response
