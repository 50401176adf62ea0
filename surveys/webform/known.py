"""Browsers in which somebody has signed in before: guesses elsewhere do not slow them down."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from surveys.models import User

COOKIE = "known"
SALT = "surveys.webform.known"
LASTS_S = 365 * 24 * 3600
MOST = 10  # people who share a phone


def remember(request: HttpRequest, response: HttpResponseBase, person: User) -> None:
    """Tell the browser, signed, that this person has signed in here."""
    others = [key for key in _keys(request) if key != str(person.pk)]
    value = "-".join([str(person.pk), *others][:MOST])
    secure = settings.SESSION_COOKIE_SECURE
    response.set_signed_cookie(
        COOKIE, value, SALT, max_age=LASTS_S, secure=secure, httponly=True, samesite="Lax"
    )


def is_known(request: HttpRequest, username: str) -> bool:
    person = User.objects.filter(username=username).only("pk").first()
    return person is not None and str(person.pk) in _keys(request)


def _keys(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=LASTS_S)
    return value.split("-") if value else []
