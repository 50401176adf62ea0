"""The admin site: whoever holds a staff membership enters, no flag on the account can disagree."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm
from unfold.sites import UnfoldAdminSite

from surveys.memberships import is_staff
from surveys.models import User
from surveys.webform.accounts import forget_account


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

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As on the interviewing pages: what a phone keeps is shown to nobody afterwards."""
        response: HttpResponse = super().logout(request, extra_context)
        return forget_account(request, response)
