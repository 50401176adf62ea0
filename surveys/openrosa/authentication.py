"""Who sends: a user name and password in the request's Basic header."""

import base64
import binascii

from django.contrib.auth import authenticate
from django.http import HttpRequest

from surveys.errors import SurveyError, gettext_noop
from surveys.models import User


class NotSignedIn(SurveyError):
    """No credentials, or wrong ones."""

    status = 401


class LockedOut(SurveyError):
    """Too many wrong passwords in a row."""

    status = 403


def sender_of(request: HttpRequest) -> User:
    """The person of the Basic header. Raises NotSignedIn or LockedOut."""
    name, password = _credentials(request.headers.get("Authorization", ""))
    user = authenticate(request, username=name, password=password) if name else None
    if getattr(request, "axes_locked_out", False):
        raise LockedOut(
            gettext_noop("Too many wrong passwords. Wait a while, or ask your supervisor.")
        )
    if not isinstance(user, User):
        raise NotSignedIn(gettext_noop("The user name or the password is wrong."))
    return user


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name.replace("\x00", ""), password
