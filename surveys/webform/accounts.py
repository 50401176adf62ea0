"""Signing in, in the language chosen before, without losing what was typed on an expired page."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    RedirectURLMixin,
    redirect_to_login,
)
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views import View

from surveys import memberships, second_steps
from surveys.errors import SurveyError
from surveys.models import User
from surveys.webform import known, waiting
from surveys.webform.kept import fields_of, seal, unseal
from surveys.webform.keys import key_in, open_drafts
from surveys.webform.languages import is_offered, remember_language
from surveys.wording import in_words

TEMPLATE = "surveys/sign_in.html"
CODE_TEMPLATE = "surveys/code.html"
PASSWORDS = "django.contrib.auth.backends.ModelBackend"  # which checked the first step
Response = TypeVar("Response", bound=HttpResponseBase)
ACCOUNT = "account"  # a cookie for scripts: whose data on this phone they may open
LEFT = "left"  # a cookie: somebody signed out on this phone where there was no network
YEAR_S = 365 * 24 * 3600


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("User name or password is wrong. Capital and small letters differ."),
        "inactive": _("This account is switched off. Ask your supervisor."),
    }


def first_page(*, at_desk: bool) -> str:
    """Where the work of somebody begins."""
    return reverse("admin:index") if at_desk else resolve_url(settings.LOGIN_REDIRECT_URL)


class Landing(RedirectURLMixin):
    """Where somebody goes who has signed in: back to what they wanted to see, or to their work."""

    request: HttpRequest

    def get_redirect_url(self) -> str:  # type: ignore[override] # stubs of a later Django
        """Blank where somebody only opened the first page: which one theirs is, their work says."""
        wanted = super().get_redirect_url()
        return "" if wanted == resolve_url(settings.LOGIN_REDIRECT_URL) else wanted

    def get_default_redirect_url(self) -> str:
        """Whom no site waits for goes straight to the pages of the office."""
        return first_page(at_desk=memberships.works_at_desk(self.request.user))

    def ask_for_code(self, error: SurveyError | None = None) -> HttpResponse:
        """The page of the second step, with what the sign-in page carried."""
        context = {**self.carried(), "error": error and in_words(error)}
        status = error.status if error else HTTPStatus.OK
        return render(self.request, CODE_TEMPLATE, context, status=status)

    def carried(self) -> dict[str, str]:
        return {"next": self.get_redirect_url(), "kept": self.request.POST.get("kept", "")}

    def landed(self, person: User) -> HttpResponse:
        """With what was posted when the session had ended, where there is something."""
        post = unseal(self.request.POST.get("kept", ""))
        response: HttpResponse = (
            redirect(self.get_success_url())
            if post is None
            else render(self.request, "surveys/kept.html", {"post": post})
        )
        known.remember(self.request, response, person)
        return response


class WithSecondStep(Landing, LoginView):
    """Django's sign-in, plus a code for whom that is on, and drafts that the password opens.

    The password is at hand in the first step only: the key to drafts waits for the code in the
    session, sealed as it stays afterwards.
    """

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person, password = form.get_user(), form.cleaned_data["password"]
        logout(self.request)  # of whoever was signed in here: nothing of theirs passes on
        if second_steps.is_on(person):
            waiting.begin(self.request, person)
            response = self.ask_for_code()
        else:
            login(self.request, person)
            response = self.landed(person)
        return open_drafts(self.request, response, person, password)


class SignIn(WithSecondStep):
    """The sign-in of the interviewing pages, with a switch of language, and answers kept from an
    expired session.
    """

    template_name = TEMPLATE
    authentication_form = SignInForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Whose session cannot open drafts signs in once more."""
        super().setup(request, *args, **kwargs)
        self.redirect_authenticated_user = key_in(request) is not None

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


class EnterCode(Landing, View):
    """The second step: a code of the app, or one from paper."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if waiting.person_in(request) is None:
            return redirect("login")
        return self.ask_for_code()

    def post(self, request: HttpRequest) -> HttpResponse:
        person = waiting.person_in(request)
        if person is None:
            context = {**self.carried(), "form": SignInForm(request), "is_late": True}
            return render(request, TEMPLATE, context, status=403)
        try:
            second_steps.check(person, request.POST.get("code", ""))
        except SurveyError as error:
            return self.ask_for_code(error)
        waiting.end(request)
        login(request, person, backend=PASSWORDS)
        waiting.note_code(request)
        return self.landed(person)


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
