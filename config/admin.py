"""The admin site: whoever holds a staff membership enters, no flag on the account can disagree."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm
from unfold.sites import UnfoldAdminSite

from config.choices import ChoicesView
from surveys import draft_keys
from surveys.memberships import is_staff
from surveys.models import User
from surveys.webform.accounts import forget_account
from surveys.webform.keys import open_drafts


class StaffSignInForm(UnfoldAuthenticationForm):
    """Signs in staff; tells enumerators where their work is."""

    def confirm_login_allowed(self, user: User) -> None:
        AuthenticationForm.confirm_login_allowed(self, user)
        if not is_staff(user):
            raise ValidationError(
                _("These pages are for survey staff. Enumerators sign in on the start page."),
                code="no_staff",
            )


class AdminSite(UnfoldAdminSite):
    """Unfold's site with rights from memberships."""

    login_form = StaffSignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and is_staff(request.user))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        response: Any = ChoicesView.as_view(admin_site=self)(request)
        return response  # type: ignore[no-any-return]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As on the interviewing pages: with the password come one's own drafts."""
        response: HttpResponse = super().login(request, extra_context)
        if not _is_done(request, response):
            return response
        return open_drafts(request, response, request.POST["password"])

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The key to one's drafts goes under the new password, in the same step."""
        with transaction.atomic():
            response: HttpResponse = super().password_change(request, extra_context)
            if _is_done(request, response) and isinstance(request.user, User):
                key = draft_keys.opened(request.user, request.POST["old_password"])
                draft_keys.wrap_anew(key, request.POST["new_password1"])
        return response

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As on the interviewing pages: what a phone keeps is shown to nobody afterwards."""
        response: HttpResponse = super().logout(request, extra_context)
        return forget_account(request, response)


def _is_done(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a form was taken: else it is shown again."""
    return request.method == "POST" and response.status_code == HTTPStatus.FOUND
