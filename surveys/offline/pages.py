"""The page "On this phone": the same bytes for everybody, so that it opens without a network."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from surveys.offline.words import words
from surveys.webform.live import ASK_AGAIN
from surveys.webform.rendering import Rendered
from surveys.webform.scripts import PHONE, modules_of


@require_safe
@gzip_page
@ensure_csrf_cookie
def offline(request: HttpRequest) -> HttpResponse:
    rendered = offline_page()
    etag = quote_etag(rendered.digest)
    response = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponse):
        response = HttpResponse(rendered.content)
    response["ETag"] = etag
    response["Cache-Control"] = ASK_AGAIN
    return response


def offline_page() -> Rendered:
    """The page with its words in all languages; scripts choose one, and put in all the rest."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "languages": [_language(code, name) for code, name in settings.LANGUAGES],
            "modules": modules_of(PHONE),
        }
        return Rendered.of(render_to_string("surveys/offline.html", context))


def _language(code: str, name: str) -> dict[str, object]:
    with translation.override(code):
        said = words()
    short = "中文" if code.startswith("zh") else code[:2].upper()
    return {"code": code, "name": name, "short": short, "id": f"words-{code}", "words": said}
