"""Signing in, in the language chosen before, without losing what was typed on an expired page."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from surveys import memberships
from surveys.webform.kept import fields_of, seal, unseal
from surveys.webform.keys import key_in, open_drafts
from surveys.webform.languages import is_offered, remember_language

TEMPLATE = "surveys/sign_in.html"
Response = TypeVar("Response", bound=HttpResponseBase)
ACCOUNT = "account"  # a cookie for scripts: whose data on this phone they may open
LEFT = "left"  # a cookie: somebody signed out on this phone where there was no network
YEAR_S = 365 * 24 * 3600


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("User name or password is wrong. Capital and small letters differ."),
        "inactive": _("This account is switched off. Ask your supervisor."),
    }


class SignIn(LoginView):
    """Django's sign-in, plus a language switch and answers kept from an expired session."""

    template_name = TEMPLATE
    authentication_form = SignInForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Whose session cannot open drafts signs in once more."""
        super().setup(request, *args, **kwargs)
        self.redirect_authenticated_user = key_in(request) is not None

    def get_default_redirect_url(self) -> str:
        """Whom no site waits for goes straight to the pages of the office."""
        is_at_desk = memberships.works_at_desk(self.request.user)
        return reverse("admin:index") if is_at_desk else super().get_default_redirect_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        limits = {
            "kept": self.request.POST.get("kept", ""),
            "tries": settings.AXES_FAILURE_LIMIT,
            "pause_minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
        }
        return super().get_context_data(**limits, **kwargs)

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        code = request.POST.get("language", "")
        if is_offered(code):
            return self._in_language(code)
        return super().post(request, *args, **kwargs)

    def _in_language(self, code: str) -> HttpResponse:
        translation.activate(code)
        form = SignInForm(self.request, initial={"username": self.request.POST.get("username")})
        response = self.render_to_response(self.get_context_data(form=form))
        return remember_language(response, code)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        post = unseal(self.request.POST.get("kept", ""))
        if post is not None:
            response = render(self.request, "surveys/kept.html", {"post": post})
        return open_drafts(self.request, response, form.cleaned_data["password"])


class SignOut(LogoutView):
    """Django's sign-out, after which this phone is nobody's."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return forget_account(request, super().dispatch(request, *args, **kwargs))


class SignedOutOnPhone:
    """Middleware: who signed out on a phone without a network is signed out here by the first request
    that comes from it, before it is answered. See `static/js/offline/leaving.js`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.COOKIES.get(LEFT):
            return self.get_response(request)
        logout(request)
        response = forget_account(request, self.get_response(request))
        response.delete_cookie(LEFT, samesite="Lax")
        return response


def remember_account(request: HttpRequest, response: Response) -> Response:
    """Tell scripts who is signed in. It outlives the session, which may end in the field; it opens
    nothing here.
    """
    account = str(request.user.pk)
    if request.COOKIES.get(ACCOUNT) != account:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(ACCOUNT, account, max_age=YEAR_S, secure=secure, samesite="Lax")
    return response


def forget_account(request: HttpRequest, response: Response) -> Response:
    """Tell scripts that nobody is signed in, once that is so."""
    if not request.user.is_authenticated:
        response.delete_cookie(ACCOUNT, samesite="Lax")
    return response


def is_anothers(request: HttpRequest) -> bool:
    """Whether a script holds data of another account than the one that is signed in now: on a shared
    phone somebody may have signed in in another tab.
    """
    return request.headers.get("X-Account", str(request.user.pk)) != str(request.user.pk)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page instead of a page that needs it; a post is kept until afterwards."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    context = {"form": SignInForm(request), "kept": seal(fields_of(request)), "next": request.path}
    return render(request, TEMPLATE, context, status=403)
