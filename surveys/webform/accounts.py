"""Signing in, in the language chosen before, without losing what was typed on an expired page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from surveys.webform.kept import fields_of, seal, unseal
from surveys.webform.languages import is_offered, remember_language

TEMPLATE = "surveys/sign_in.html"


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("User name or password is wrong. Capital and small letters differ."),
        "inactive": _("This account is switched off. Ask your supervisor."),
    }


class SignIn(LoginView):
    """Django's sign-in, plus a language switch and answers kept from an expired session."""

    template_name = TEMPLATE
    authentication_form = SignInForm
    redirect_authenticated_user = True

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
        if post is None:
            return response
        return render(self.request, "surveys/kept.html", {"post": post})


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page instead of a page that needs it; a post is kept until afterwards."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    context = {"form": SignInForm(request), "kept": seal(fields_of(request)), "next": request.path}
    return render(request, TEMPLATE, context, status=403)
