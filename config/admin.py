"""The admin site: whoever holds a staff membership enters, no flag on the account can disagree."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm
from unfold.sites import UnfoldAdminSite

from config.choices import ChoicesView
from surveys.memberships import is_staff
from surveys.models import User
from surveys.webform.accounts import WithSecondStep, ask_to_sign_in, forget_account


class StaffSignInForm(UnfoldAuthenticationForm):
    """Signs in staff; tells enumerators where their work is."""

    def confirm_login_allowed(self, user: User) -> None:
        AuthenticationForm.confirm_login_allowed(self, user)
        if not is_staff(user):
            raise ValidationError(
                _("These pages are for survey staff. Enumerators sign in on the start page."),
                code="no_staff",
            )


class OfficeSignIn(WithSecondStep):
    """The sign-in of the office, from where everybody goes to its first page."""

    authentication_form = StaffSignInForm

    def get_redirect_url(self) -> str:  # type: ignore[override] # stubs of a later Django
        return super().get_redirect_url() or reverse("admin:index")


class AdminSite(UnfoldAdminSite):
    """Unfold's site with rights from memberships."""

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and is_staff(request.user))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - as Django calls it
        """What is posted after the session has ended is kept until its person has signed in again. A blank
        name of a field, which no form of ours sends and on which Django breaks, is refused.
        """
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            is_lost = request.method == "POST" and not request.user.is_authenticated
            if is_lost and request.path != reverse("admin:logout"):
                return ask_to_sign_in(request)
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                raise BadRequest
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Made where a page shows it: every page is given it, hardly one does."""
        make = super().get_app_list
        return SimpleLazyObject(lambda: make(request, app_label))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        response: Any = ChoicesView.as_view(admin_site=self)(request)
        return response  # type: ignore[no-any-return]

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As on the interviewing pages: with a code where that is on, and one's own drafts."""
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        request.current_app = self.name
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        view = OfficeSignIn.as_view(
            extra_context=context, template_name=self.login_template or "admin/login.html"
        )
        response: Any = view(request)
        return response  # type: ignore[no-any-return]

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page for everybody, in the field too, which keeps drafts open."""
        return redirect("change_password")

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As on the interviewing pages: what a phone keeps is shown to nobody afterwards."""
        response: HttpResponse = super().logout(request, extra_context)
        return forget_account(request, response)
