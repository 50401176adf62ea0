"""The pages on which people look after their own sign-in: password, two steps, where they are signed in."""

from http import HTTPStatus
from itertools import chain

import segno
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import memberships, passwords, second_steps, sessions
from surveys.errors import SurveyError, gettext_noop
from surveys.webform import waiting
from surveys.webform.accounts import first_page
from surveys.webform.browsers import named
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


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def change_password(request: PersonRequest) -> HttpResponse:
    """Another password, for who gives the one of now."""
    if request.method != "POST":
        return _password_page(request, SetPasswordForm(request.user))
    form = SetPasswordForm(request.user, request.POST)
    try:
        _require_password(request)
    except SurveyError as error:
        return _password_page(request, form, error)
    if not form.is_valid():
        return _password_page(request, form)
    new = form.cleaned_data["new_password1"]
    passwords.change(request.user, request.POST["password"], new)
    _stay(request)
    messages.success(request, _("Your password is changed. Everywhere else you were signed out."))
    return redirect("account")


@require_POST
@person_page
def sign_out_elsewhere(request: PersonRequest) -> HttpResponse:
    """Where the person chose, or everywhere but here."""
    try:
        _require_password(request)
    except SurveyError as error:
        return _account(request, error, form="elsewhere")
    if "all" in request.POST:
        second_steps.sign_out_everywhere(request.user)
        _stay(request)
        messages.success(request, _("You are signed out everywhere else."))
    else:
        ended = sessions.end(request.user, request.POST.getlist("place"))
        messages.success(request, _signed_out(ended))
    return redirect("account")


def _signed_out(ended: int) -> str:
    if not ended:
        return _("Nothing was chosen, or it had ended already.")
    return ngettext("Signed out in %d place.", "Signed out in %d places.", ended) % ended


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
        "places": _places(request),
        "must": must_set_up(request),
        "may_switch_off": not second_steps.is_required(request.user),
        "error": error and in_words(error),
        "form": form,
    }
    return render(request, "surveys/account.html", context, status=_status(error))


def _places(request: PersonRequest) -> list[dict[str, object]]:
    """Where the person is signed in, for the page."""
    found = sessions.places_of(request.user, request.session.session_key)
    return [{"place": place, "browser": named(place.agent)} for place in found]


def _password_page(
    request: PersonRequest, form: BaseForm, error: SurveyError | None = None
) -> HttpResponse:
    """With what is wrong, in words: with the new password, or with the one of now alone."""
    if error:
        problems, status = [in_words(error)], error.status
    else:
        problems = [str(one) for one in chain(*form.errors.values())]
        status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    context = {"problems": problems, "rules": password_validators_help_texts()}
    return render(request, "surveys/password.html", context, status=status)


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
