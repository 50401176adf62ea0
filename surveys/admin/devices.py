"""Devices of enumerators: enrolled by a printed card, listed with their last use, switched off."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from surveys import tokens
from surveys.admin.access import (
    OwnPage,
    ReadOnly,
    SurveyModelAdmin,
    key_in,
    person_of,
    survey_in,
    surveys_for,
)
from surveys.admin.cards import cards_for, printed_words, server_path
from surveys.admin.filters import SurveyFilter
from surveys.admin.links import link, links
from surveys.models import DeviceToken, Role, Survey, User

ENROLLERS = (Role.COORDINATOR, Role.SUPERVISOR)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # at run time no generic
    """People by name and user name, with how many devices they have."""

    devices: Counter[int]

    def label_from_instance(self, obj: Any) -> str:
        name = f"{obj.last_name} {obj.first_name}".strip()
        count = self.devices[obj.pk]
        has = ngettext("%(n)s device", "%(n)s devices", count) % {"n": count} if count else ""
        return " · ".join(filter(None, (obj.username, name, has)))


class EnrolmentForm(forms.Form):
    """For whom cards are made, and for which device."""

    people = PeopleField(
        User.objects.none(),
        label=gettext_lazy("For whom"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one person.")},
    )
    device = forms.CharField(
        label=gettext_lazy("Which device"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "A few words by which you know it in the list, such as “Phone 12” or “own phone”. "
            "They may stay blank."
        ),
    )

    def __init__(self, survey: Survey, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, PeopleField)  # noqa: S101 - tells mypy
        field.devices = Counter(
            DeviceToken.objects.valid().filter(survey=survey).values_list("user", flat=True)
        )
        field.queryset = tokens.enrollable(survey, by=by)


class StateFilter(DropdownFilter):
    """Devices by whether they may send, and whether they ever did."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("on", gettext_lazy("in use")),
            ("new", gettext_lazy("not used yet")),
            ("off", gettext_lazy("switched off")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[DeviceToken]
    ) -> QuerySet[DeviceToken]:
        if self.value() == "off":
            return queryset.filter(revoked_at__isnull=False)
        if self.value() in ("on", "new"):
            is_new = self.value() == "new"
            return queryset.filter(revoked_at=None, last_used_at__isnull=is_new)
        return queryset


@admin.register(DeviceToken)
class DeviceAdmin(ReadOnly, SurveyModelAdmin):
    readers = ENROLLERS
    list_display = ("user", "device_", "survey", "state", "last_used", "created_at", "switch")
    list_display_links = None
    list_select_related = ("user", "survey")
    list_filter = (SurveyFilter, StateFilter)
    search_fields = ("user__username", "user__first_name", "user__last_name", "device")
    ordering = ("-created_at", "-pk")
    actions = ("switch_off",)
    fields = readonly_fields = (
        "user",
        "survey",
        "device_",
        "state_words",
        "created_at",
        "enrolled_by",
        "last_used",
        "revoked_at",
        "switched_off_by",
    )
    change_list_template = "admin/surveys/device/change_list.html"

    @display(description=gettext_lazy("device"), ordering="device")
    def device_(self, token: DeviceToken) -> str:
        return token.device or "–"

    @display(
        description=gettext_lazy("state"), label={"on": "success", "new": "info", "off": "warning"}
    )
    def state(self, token: DeviceToken) -> tuple[str, str]:
        if token.revoked_at:
            return "off", _("switched off")
        return ("on", _("in use")) if token.last_used_at else ("new", _("not used yet"))

    @display(description=gettext_lazy("state"))
    def state_words(self, token: DeviceToken) -> str:
        words: str = self.state(token)[1]
        return words

    @display(description=gettext_lazy("enrolled by"))
    def enrolled_by(self, token: DeviceToken) -> Any:
        return token.created_by or "–"

    @display(description=gettext_lazy("switched off by"))
    def switched_off_by(self, token: DeviceToken) -> Any:
        return token.revoked_by or "–"

    @display(description=gettext_lazy("last used"), ordering="last_used_at")
    def last_used(self, token: DeviceToken) -> Any:
        return token.last_used_at or "–"

    @display(description="")
    def switch(self, token: DeviceToken) -> str:
        if token.revoked_at:
            return ""
        address = reverse("admin:surveys_devicetoken_revoke", args=(token.pk,))
        return link(address, _("Switch off"))

    @admin.action(description=gettext_lazy("Switch the selected off"), permissions=["view"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[DeviceToken]) -> None:
        for token in rows:
            tokens.revoke(token, by=person_of(request))
        self._say_switched_off(request, len(rows))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("enrol/", view(self.enrol_view), name="surveys_devicetoken_enrol"),
            path("<int:pk>/revoke/", view(self.revoke_view), name="surveys_devicetoken_revoke"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        return OwnPage(_("Enrol devices"), enrolment_url(survey_in(request)))

    def enrol_view(self, request: HttpRequest) -> HttpResponse:
        """Choose people (GET); make their tokens and show the cards, this once (POST)."""
        surveys = surveys_for(request, ENROLLERS)
        survey = self._chosen(request, surveys)
        if survey is None:
            return self._page(request, "enrol.html", {"title": _("Enrol devices")})
        given = request.POST if request.method == "POST" else None
        form = EnrolmentForm(survey, person_of(request), given, initial=self._initial(request))
        if form.is_valid():
            return self._cards(request, survey, form)
        context = {
            "title": _("Enrol devices"),
            "form": form,
            "survey": survey,
            "surveys": surveys,
            "by_hand": request.build_absolute_uri(server_path(survey.code)),
        }
        return self._page(request, "enrol.html", context, 422 if form.errors else 200)

    def _chosen(self, request: HttpRequest, surveys: QuerySet[Survey]) -> Survey | None:
        """The survey of the address, else one of the person's in it, else the first."""
        key, person = survey_in(request), key_in(request.GET.get("person"))
        if key is not None:
            return get_object_or_404(surveys, pk=key)
        theirs = surveys.filter(memberships__user=person, memberships__role=Role.ENUMERATOR)
        return (theirs.first() if person else None) or surveys.first()

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        person = key_in(request.GET.get("person"))
        return {"people": [person] if person else []}

    def _cards(self, request: HttpRequest, survey: Survey, form: EnrolmentForm) -> HttpResponse:
        """Shown from the request that made them: a token in a session or address would be kept."""
        given = form.cleaned_data
        issued = tokens.issue(
            given["people"], survey, device=given["device"], by=person_of(request)
        )
        context = {
            "title": _("Enrolment cards"),
            "survey": survey,
            "cards": cards_for(issued, survey, request.build_absolute_uri("/").rstrip("/")),
            **printed_words(),
            "again": enrolment_url(survey.pk),
        }
        response = self._page(request, "cards.html", context)
        add_never_cache_headers(response)
        return response

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first (GET), then switch the device off (POST)."""
        token = get_object_or_404(self.get_queryset(request).select_related("user"), pk=pk)
        if request.method != "POST":
            return self._page(request, "revoke.html", {"title": _("Switch off"), "token": token})
        tokens.revoke(token, by=person_of(request))
        self._say_switched_off(request, 1)
        return redirect("admin:surveys_devicetoken_changelist")

    def _say_switched_off(self, request: HttpRequest, count: int) -> None:
        words = ngettext("%(n)s device switched off.", "%(n)s devices switched off.", count)
        messages.success(request, words % {"n": count})

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {"is_insecure": not request.is_secure(), **context}
        return self.page(request, f"admin/surveys/device/{template}", context, status)


def enrolment_url(survey: int | None = None, *, person: int | None = None) -> str:
    """Where cards are made, with the survey or the person chosen already."""
    keys = {"survey": survey, "person": person}
    query = urlencode({name: key for name, key in keys.items() if key is not None})
    return reverse("admin:surveys_devicetoken_enrol") + (f"?{query}" if query else "")


def links_for(person: User) -> str:
    """From a person's page to their devices, and to a card for another one."""
    devices = f"{reverse('admin:surveys_devicetoken_changelist')}?user={person.pk}"
    card = enrolment_url(person=person.pk)
    return links([(devices, _("Devices")), (card, _("Enrol a device"))])
