"""The language that a browser asked for, remembered as Django's own switch remembers it."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import check_for_language

LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)


def is_offered(code: str) -> bool:
    return code in LANGUAGES and check_for_language(code)


def remember_language(response: HttpResponse, code: str) -> HttpResponse:
    """Set the language cookie, so that the next page is in that language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response
