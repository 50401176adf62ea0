"""Who asks or sends: a device by the token in its address, a person by name and password."""

import base64
import binascii

from django.contrib.auth import authenticate
from django.http import HttpRequest

from surveys import tokens
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Survey, User


class NotSignedIn(SurveyError):
    """No credentials, or wrong ones."""

    status = 401


class LockedOut(SurveyError):
    """Too many wrong passwords in a row."""

    status = 403


class WrongToken(SurveyError):
    """A device that is not enrolled, or not any more. Not 401: Collect would ask for a password."""

    status = 403


class UnknownSurvey(SurveyError):
    status = 404


def sender_of(request: HttpRequest) -> User:
    """Whose device or whose name it is. Raises WrongToken, NotSignedIn or LockedOut."""
    address = request.resolver_match.kwargs if request.resolver_match else {}
    if "token" in address:
        return _holder(address["token"], address["code"])
    return _person_by_password(request)


def survey_for(person: User, code: str) -> Survey:
    """The survey of that code. Raises UnknownSurvey where the person has no part in it."""
    survey = Survey.objects.visible_to(person).filter(code=code).first()
    if survey is None:
        raise UnknownSurvey(
            gettext_noop("There is no survey %(code)s for you here. Ask your coordinator."),
            code=code,
        )
    return survey


def _holder(token: str, code: str) -> User:
    person = tokens.holder_of(token, code)
    if person is None:
        raise WrongToken(
            gettext_noop(
                "This device is not enrolled any more. What you finished stays on it. "
                "Ask your supervisor for a new card and scan it in this project: Settings, "
                "Project management, Reconfigure with QR code."
            )
        )
    return person


def _person_by_password(request: HttpRequest) -> User:
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
