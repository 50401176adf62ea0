"""The pages on which people look after their own sign-in: two steps, recovery codes, other browsers."""

from http import HTTPStatus

import segno
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import memberships, second_steps
from surveys.errors import SurveyError, gettext_noop
from surveys.webform import waiting
from surveys.webform.accounts import first_page
from surveys.webform.pages import PersonRequest, person_page
from surveys.wording import in_words


class WrongPassword(SurveyError):
    """Not the password of who is signed in."""

    status = 422


@require_safe
@person_page
def account(request: PersonRequest) -> HttpResponse:
    return _account(request)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def set_up(request: PersonRequest) -> HttpResponse:
    """The secret for the app (GET); with a code that shows that it works, it counts (POST)."""
    if second_steps.is_on(request.user):
        return redirect("account")
    if request.method != "POST":
        return _set_up(request)
    try:
        _require_password(request)
        codes = second_steps.switch_on(request.user, request.POST.get("code", ""))
    except SurveyError as error:
        return _set_up(request, error)
    _stay(request)
    waiting.note_code(request)
    return _codes(request, codes, is_new=True)


@require_POST
@person_page
def renew_codes(request: PersonRequest) -> HttpResponse:
    try:
        _require_proof(request)
    except SurveyError as error:
        return _account(request, error, form="renew")
    return _codes(request, second_steps.renew_codes(request.user))


@require_POST
@person_page
def switch_off(request: PersonRequest) -> HttpResponse:
    if second_steps.is_required(request.user):
        raise PermissionDenied
    try:
        _require_proof(request)
    except SurveyError as error:
        return _account(request, error, form="off")
    second_steps.switch_off(request.user)
    _stay(request)
    messages.success(request, _("Two-step sign-in is off."))
    return redirect("account")


@require_POST
@person_page
def sign_out_elsewhere(request: PersonRequest) -> HttpResponse:
    second_steps.sign_out_everywhere(request.user)
    _stay(request)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")


def must_set_up(request: HttpRequest) -> bool:
    """Whether somebody of the office is signed in without the second step that all must take."""
    return not waiting.gave_code(request) and second_steps.is_required(request.user)


def _stay(request: PersonRequest) -> None:
    """This session goes on where all others of the person end."""
    update_session_auth_hash(request, request.user)


def _require_proof(request: PersonRequest) -> None:
    """That it is the person, and not somebody who passes by an open browser."""
    _require_password(request)
    second_steps.check(request.user, request.POST.get("code", ""))


def _require_password(request: PersonRequest) -> None:
    """Wrong ones are counted as those of the sign-in page are."""
    name, password = request.user.get_username(), request.POST.get("password", "")
    if authenticate(request, username=name, password=password) is None:
        raise WrongPassword(
            gettext_noop("The password is wrong. Capital and small letters differ.")
        )


def _account(
    request: PersonRequest, error: SurveyError | None = None, form: str = ""
) -> HttpResponse:
    context = {
        **_way_back(request),
        "step": second_steps.step_of(request.user),
        "left": second_steps.codes_left(request.user),
        "must": must_set_up(request),
        "may_switch_off": not second_steps.is_required(request.user),
        "error": error and in_words(error),
        "form": form,
    }
    return render(request, "surveys/account.html", context, status=_status(error))


def _set_up(request: PersonRequest, error: SurveyError | None = None) -> HttpResponse:
    secret = second_steps.begin(request.user)
    context = {"secret": secret, "qr": _picture(secret.uri), "error": error and in_words(error)}
    response = render(request, "surveys/set_up.html", context, status=_status(error))
    add_never_cache_headers(response)
    return response


def _codes(request: PersonRequest, codes: tuple[str, ...], *, is_new: bool = False) -> HttpResponse:
    """Shown by the answer itself: what leads to a page would have to be kept somewhere."""
    context = {**_way_back(request), "codes": codes, "is_new": is_new}
    response = render(request, "surveys/recovery_codes.html", context)
    add_never_cache_headers(response)
    return response


def _way_back(request: PersonRequest) -> dict[str, object]:
    at_desk = memberships.works_at_desk(request.user)
    return {"at_desk": at_desk, "back": first_page(at_desk=at_desk)}


def _status(error: SurveyError | None) -> int:
    return error.status if error else HTTPStatus.OK


def _picture(uri: str) -> SafeString:
    """Dark on white, whatever the page is; as wide as its box."""
    code = segno.make(uri, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))  # noqa: S308
