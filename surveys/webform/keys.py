"""The key to a person's drafts, for as long as a session lasts: sealed in the session, and the secret that
opens it there in a cookie. Neither the database nor the phone's cookies alone open a draft.
"""

import base64
from typing import TypeVar

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase

from surveys import drafts, sealing
from surveys.models import User
from surveys.sealing import CannotOpen, Key

COOKIE = "drafts"
IN_SESSION = "draft_key"
YEAR_S = 365 * 24 * 3600  # it ends with the session: without that it opens nothing
Response = TypeVar("Response", bound=HttpResponseBase)


def open_drafts(request: HttpRequest, response: Response, person: User, password: str) -> Response:
    """Of somebody whose password was checked just now, let this browser open the drafts."""
    key = drafts.open_all(person, password).draft_key
    if key is not None:
        secret = hold(request.session, key)
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            COOKIE, secret, max_age=YEAR_S, secure=secure, httponly=True, samesite="Lax"
        )
    return response


def hold(session: SessionBase, key: Key) -> str:
    """Put the key into the session; what is returned opens it there, and is kept nowhere here."""
    secret = sealing.random_key()
    session[IN_SESSION] = [key.number, _text(sealing.seal(secret, key.secret, IN_SESSION))]
    return _text(secret)


def bring_key(request: HttpRequest) -> None:
    """Let the person of a request carry their key, where the session has one that the cookie opens."""
    if isinstance(request.user, User):
        request.user.draft_key = key_in(request)


def key_in(request: HttpRequest) -> Key | None:
    try:
        number, sealed = request.session[IN_SESSION]
        secret = base64.b64decode(request.COOKIES[COOKIE])
        return Key(number, sealing.unseal(secret, base64.b64decode(sealed), IN_SESSION))
    except (KeyError, CannotOpen, ValueError):  # also what is no base64
        return None


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
