"""The page that everybody may read: nobody signs in for it, and no name of a person is on it."""

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from scoring import public_pages
from scoring.dashboard.drawn import data_of
from scoring.dashboard.public import shown
from scoring.dashboard.tables import csv_answer
from scoring.models import PublicPage
from scoring.schemes import spec_of
from surveys import demo

KEPT_S = 24 * 60 * 60
FRESH_S = 60  # how long browsers may show it after it was switched off


@require_GET
@cache_control(max_age=FRESH_S, private=True)
def public(request: HttpRequest, code: str) -> HttpResponse:
    """The page in the language of the reader, or of the parameter `language`; 404 while it is off."""
    page = _page(code)
    language = _language(request)
    with override(language):
        html = _html(page, k=request.GET.get("k", ""))
    robots = {} if page.is_listed else {"X-Robots-Tag": "noindex"}
    return HttpResponse(html, headers={"Content-Language": language, **robots})


@require_GET
@cache_control(max_age=FRESH_S, private=True)
def public_table(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """A table of the page as CSV, in the language of the page."""
    page = _page(code)
    with override(_language(request)):
        found = shown(page)
        return csv_answer(found.page, what, found.files)


def _page(code: str) -> PublicPage:
    page = public_pages.page_at(code)
    if page is None:
        raise Http404
    return page


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else get_language() or "en"


def _html(page: PublicPage, *, k: str) -> str:
    """The page, made once: a change of it, or another of its cutoffs, is another key."""
    known = {str(each) for each in spec_of(page.scheme).k_list} if page.scheme else set()
    asked = k if k in known else ""
    key = f"public-page:{page.pk}:{page.changed_at.timestamp()}:{get_language()}:{asked}"
    html: str | None = cache.get(key)
    if html is None:
        html = rendered(page, k=asked)
        cache.set(key, html, KEPT_S)
    return html


def rendered(page: PublicPage, *, k: str = "") -> str:
    """The HTML of a page, kept or not."""
    found = shown(page, k=k)
    context = {
        "shown": found,
        "page": found.page,
        "files": found.files,
        "code": page.survey.code,
        "chart_data": data_of(found.page),
        "is_demo": page.survey.code == demo.CODE,
        "is_public": True,
    }
    return render_to_string("scoring/public/page.html", context)
