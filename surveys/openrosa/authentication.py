"""Who asks or sends: a device by the token in its address, a person by name and password, or a page
of ours by the session of who is signed in there."""

import base64
import binascii

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from surveys import second_steps, tokens
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Survey, User
from surveys.tokens import Holder
from surveys.webform.accounts import is_anothers


class NotSignedIn(SurveyError):
    """No credentials, or wrong ones."""

    status = 401


class LockedOut(SurveyError):
    """Too many wrong passwords in a row."""

    status = 403


class PasswordIsNotEnough(SurveyError):
    """Somebody who signs in in two steps, of which this door knows but one. Not 401, as below."""

    status = 403


class WrongToken(SurveyError):
    """A device that is not enrolled, or not any more. Not 401: Collect would ask for a password."""

    status = 403


class UnknownSurvey(SurveyError):
    status = 404


def sender_of(request: HttpRequest) -> User:
    """Whose device or whose name it is. Raises WrongToken, NotSignedIn, LockedOut or PasswordIsNotEnough."""
    holder = _holder(request)
    return holder.person if holder else _person(request)


def survey_for(person: User, code: str) -> Survey:
    """The survey of that code. Raises UnknownSurvey where the person has no part in it."""
    survey = Survey.objects.visible_to(person).filter(code=code).first()
    if survey is None:
        raise _unknown(code)
    return survey


def admitted(request: HttpRequest, code: str) -> tuple[User, Survey]:
    """Both at once, for a device in one query. Raises what `sender_of` and `survey_for` raise."""
    holder = _holder(request)
    if holder is None:
        person = _person(request)
        return person, survey_for(person, code)
    if not holder.has_part:
        raise _unknown(code)
    return holder.person, holder.survey


def _unknown(code: str) -> UnknownSurvey:
    return UnknownSurvey(
        gettext_noop("There is no survey %(code)s for you here. Ask your coordinator."), code=code
    )


def _holder(request: HttpRequest) -> Holder | None:
    """Of the token in the address; None where there is none."""
    address = request.resolver_match.kwargs if request.resolver_match else {}
    if "token" not in address:
        return None
    holder = tokens.holder_of(address["token"], address["code"])
    if holder is None:
        raise WrongToken(
            gettext_noop(
                "This device is not enrolled any more. What you finished stays on it. "
                "Ask your supervisor for a new card and scan it in this project: Settings, "
                "Project management, Reconfigure with QR code."
            )
        )
    return holder


class _Origins(CsrfViewMiddleware):
    """Django's own comparison of a request's origin with ours and those that the settings trust."""

    def has_ours(self, request: HttpRequest) -> bool:
        is_ours: bool = self._origin_verified(request)  # type: ignore[attr-defined]
        return is_ours


_ORIGINS = _Origins(lambda _: HttpResponse())


def is_by_page(request: HttpRequest) -> bool:
    """Whether a page of ours sends it, in a browser; then the session says for whom.

    The door is open to other sites' pages as it is to devices, without a token of Django's: that one
    is looked for in the body, as a form, before it can be read as a stream, and a service worker has
    no cookie to take one from. Every browser puts the page's origin on what it posts, and no script
    can change it.
    """
    return "Origin" in request.headers and _ORIGINS.has_ours(request)


def _person(request: HttpRequest) -> User:
    if "Authorization" in request.headers or not is_by_page(request):
        return _person_by_password(request)
    if not isinstance(request.user, User):
        raise NotSignedIn(gettext_noop("You were signed out. Sign in again."))
    if is_anothers(request):
        raise NotSignedIn(gettext_noop("Somebody else is signed in here now. Sign in again."))
    return request.user


def _person_by_password(request: HttpRequest) -> User:
    name, password = _credentials(request.headers.get("Authorization", ""))
    if not name:
        raise NotSignedIn(gettext_noop("Sign in with your user name and your password."))
    user = authenticate(request, username=name, password=password)
    if vars(request).pop("axes_locked_out", False):  # else axes would answer, with a page
        raise LockedOut(
            gettext_noop("Too many wrong passwords. Wait a while, or ask your supervisor.")
        )
    if not isinstance(user, User):
        raise NotSignedIn(gettext_noop("The user name or the password is wrong."))
    if not second_steps.is_password_enough(user):
        raise PasswordIsNotEnough(
            gettext_noop(
                "This account signs in in two steps, and an app for interviews cannot. "
                "Ask your coordinator for an enrolment card and scan it in the app."
            )
        )
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
