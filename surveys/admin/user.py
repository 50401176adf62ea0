"""Accounts. Rights come from memberships, so there are no groups and no flags to set here."""

from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from surveys import notices, second_steps, sessions
from surveys.admin.access import BySurvey, SurveyModelAdmin, person_of, survey_in, surveys_for
from surveys.admin.devices import links_for
from surveys.admin.filters import SurveyOfPersonFilter
from surveys.admin.links import link
from surveys.memberships import PEOPLE_READERS, may_manage, people_visible_to
from surveys.models import Membership, Role, Survey, User

admin.site.unregister(Group)


class MembershipInline(BySurvey, TabularInline):
    """The person's roles in the surveys that one coordinates."""

    model = Membership
    fields = ("survey", "role", "team", "sees_identifiers")
    survey_path = ""
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        surveys = surveys_for(request, PEOPLE_READERS)
        return Membership.objects.filter(survey__in=surveys).select_related("survey")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Survey:
            kwargs |= {"queryset": surveys_for(request, self.editors), "label": _("Survey")}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_min_num(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        return 1 if obj is None else 0

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        """A new account needs a role: without one its maker could not see it again."""
        needs_role = obj is None and not request.user.is_superuser
        return super().get_formset(request, obj, validate_min=needs_role, **kwargs)


class PasswordForm(AdminPasswordChangeForm):
    """Somebody else's password, and what that costs the person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].help_text = _(
            "Unfinished interviews that the person has on the server cannot be opened any more. Those "
            "on their phone stay, and are saved again when they sign in."
        )


@admin.register(User)
class UserAdmin(DjangoUserAdmin, SurveyModelAdmin):  # type: ignore[misc,type-arg] # at run time no generic
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = PasswordForm
    survey_path = ""
    readers = PEOPLE_READERS
    inlines = (MembershipInline,)
    list_display = ("username", "full_name", "roles", "is_active", "last_login")
    list_filter = (SurveyOfPersonFilter, "is_active", "memberships__role")
    search_fields = ("username", "first_name", "last_name")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "devices", "two_steps", "signed_in")
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (_("Person"), {"fields": (("last_name", "first_name"), ("email", "language"))}),
        (_("Two-step sign-in"), {"fields": ("two_steps", "signed_in")}),
        (_("Devices"), {"fields": ("devices",)}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the roles in surveys where the reader may know people, and in no others."""
        shown = Membership.objects.filter(survey__in=surveys_for(request, self.readers))
        roles = Prefetch("memberships", shown.select_related("survey"), to_attr="shown_roles")
        return people_visible_to(request.user).prefetch_related(roles).order_by("username")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and request.user.is_superuser:
            return (*fieldsets, (_("Server"), {"fields": ("is_superuser",)}))
        return fieldsets

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Model | None, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """A new account for the survey in the address begins as one of its enumerators."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        survey = survey_in(request)
        if request.method == "GET" and survey and not (obj and obj.pk):
            kwargs["initial"] = [{"survey": survey, "role": Role.ENUMERATOR}]
        return kwargs

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not super().has_change_permission(request):
            return False
        return not isinstance(obj, User) or may_manage(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """For others: it closes their drafts on the server. One's own takes the password of now, however
        the address writes one's key.
        """
        person = self.get_object(request, unquote(id))
        if person == request.user:
            return redirect("change_password")
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if person and request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            by = person_of(request).get_username()
            notices.tell(person, notices.PASSWORD_SET, by=by)
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  # as Django calls it
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            notices.tell(obj, notices.ADDRESS_CHANGED, address=form.initial["email"])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reset_view)
        urls: list[URLPattern] = super().get_urls()
        end = self.admin_site.admin_view(self.sign_out_view)
        return [
            path("<int:pk>/second-step/reset/", view, name="surveys_user_reset"),
            path("<int:pk>/sign-out/", end, name="surveys_user_sign_out"),
            *urls,
        ]

    def reset_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first (GET), then take somebody's second step away (POST)."""
        person, by = get_object_or_404(self.get_queryset(request), pk=pk), person_of(request)
        if not second_steps.may_reset(by, person):
            raise PermissionDenied
        back = reverse("admin:surveys_user_change", args=(person.pk,))
        if request.method != "POST":
            context = {"title": _("Reset two-step sign-in"), "person": person, "back": back}
            return self.page(request, "admin/surveys/user/reset.html", context)
        second_steps.reset(person, by=by)
        self.log_change(request, person, gettext("Two-step sign-in reset"))
        messages.success(request, gettext("Two-step sign-in of %s was reset.") % person)
        return redirect(back)

    def sign_out_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first (GET), then end all sessions of somebody whose phone is lost (POST)."""
        person = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        back = reverse("admin:surveys_user_change", args=(person.pk,))
        if request.method != "POST":
            context = {"title": _("Sign out everywhere"), "person": person, "back": back}
            return self.page(request, "admin/surveys/user/sign_out.html", context)
        second_steps.sign_out_everywhere(person)
        self.log_change(request, person, gettext("Signed out everywhere"))
        messages.success(request, gettext("%s is signed out everywhere.") % person)
        return redirect(back)

    @display(description=_("Signed in"))
    def signed_in(self, person: User) -> str:
        count = len(sessions.places_of(person))
        if not count:
            return gettext("nowhere")
        places = ngettext("in %d place", "in %d places", count) % count
        address = reverse("admin:surveys_user_sign_out", args=(person.pk,))
        return format_html("{} · {}", places, link(address, gettext("Sign out everywhere")))

    @display(description=_("State"))
    def two_steps(self, person: User) -> str:
        step = second_steps.step_of(person)
        if step is None or step.since is None:
            return gettext("off")
        since = gettext("on since %s") % date_format(step.since)
        address = reverse("admin:surveys_user_reset", args=(person.pk,))
        return format_html(
            "{} · {}", since, link(address, gettext("Reset, where the phone is lost"))
        )

    @display(description=_("Name"))
    def full_name(self, person: User) -> str:
        return f"{person.last_name} {person.first_name}".strip() or "–"

    @display(description=_("ODK Collect"))
    def devices(self, person: User) -> str:
        return links_for(person)

    @display(description=_("Roles"))
    def roles(self, person: Any) -> str:
        return ", ".join(
            f"{membership.get_role_display()} ({membership.survey.code})"
            for membership in person.shown_roles
        )
