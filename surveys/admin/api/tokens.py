"""API tokens: made for oneself and shown once; listed with their last use; switched off."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from surveys import api_tokens
from surveys.admin.access import OwnPage, ReadOnly, SurveyModelAdmin, person_of
from surveys.admin.api.feeds import chosen_feed
from surveys.admin.links import link
from surveys.api_tokens import Issued
from surveys.models import ApiToken, Survey, User

TEMPLATES = "admin/surveys/api"
LASTS = (
    (30, gettext_lazy("a month")),
    (90, gettext_lazy("three months")),
    (365, gettext_lazy("a year")),
)


class TokenForm(forms.Form):
    """What a new token is for, what it may do, where and for how long."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=100,
        help_text=gettext_lazy("Such as “nightly script of the statistics office”."),
    )
    scopes = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=ApiToken.Scope.choices,
        coerce=ApiToken.Scope,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing.")},
    )
    surveys = forms.ModelMultipleChoiceField(
        Survey.objects.none(),
        label=gettext_lazy("In which surveys"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Without any: all of yours, also later ones."),
    )
    lasts = forms.TypedChoiceField(
        label=gettext_lazy("For how long"),
        choices=LASTS,
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["surveys"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - tells mypy
        field.queryset = api_tokens.surveys_for(person).order_by("code")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly, SurveyModelAdmin):
    """Everybody's own; coordinators see those that open their surveys."""

    survey_path = ""
    list_display = ("name", "person", "may", "where", "state", "last_used", "expires_at", "switch")
    list_display_links = None
    list_select_related = ("person",)
    search_fields = ("name", "person__username")
    ordering = ("-created_at", "-pk")
    fields = readonly_fields = (
        "name",
        "person",
        "may",
        "where",
        "state_words",
        "last_used",
        "expires_at",
    )
    change_list_template = "admin/surveys/api/tokens.html"
    when_empty = gettext_lazy(
        "With a token a program reads data in your name, and never more than you may see yourself. Give "
        "each program its own, that may do no more than it needs."
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("surveys")

    @display(description=gettext_lazy("may"))
    def may(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    @display(description=gettext_lazy("surveys"))
    def where(self, token: ApiToken) -> str:
        if token.is_of_all:
            return _("all of the person's")
        return ", ".join(survey.code for survey in token.surveys.all()) or "–"

    @display(
        description=gettext_lazy("state"),
        label={"on": "success", "new": "info", "off": "warning", "over": "warning"},
    )
    def state(self, token: ApiToken) -> tuple[str, str]:
        if token.revoked_at:
            return "off", _("switched off")
        if token.expires_at <= timezone.now():
            return "over", _("expired")
        return ("on", _("in use")) if token.last_used_at else ("new", _("not used yet"))

    @display(description=gettext_lazy("state"))
    def state_words(self, token: ApiToken) -> str:
        words: str = self.state(token)[1]
        return words

    @display(description=gettext_lazy("last used"), ordering="last_used_at")
    def last_used(self, token: ApiToken) -> Any:
        return token.last_used_at or "–"

    @display(description="")
    def switch(self, token: ApiToken) -> str:
        if token.revoked_at:
            return ""
        address = reverse("admin:surveys_apitoken_revoke", args=(token.pk,))
        return link(address, _("Switch off"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("new/", view(self.new_view), name="surveys_apitoken_new"),
            path("feeds/", view(self.feeds_view), name="surveys_apitoken_feeds"),
            path("<int:pk>/revoke/", view(self.revoke_view), name="surveys_apitoken_revoke"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        return OwnPage(_("New token"), reverse("admin:surveys_apitoken_new"))

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Ask what for (GET); make it and show it, this once (POST): a token in a session or in an
        address would be kept.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        person = person_of(request)
        form = TokenForm(person, request.POST if request.method == "POST" else None)
        if not form.is_valid():
            context = {"title": _("New token"), "form": form}
            status = 422 if form.errors else 200
            return self.page(request, f"{TEMPLATES}/new.html", context, status)
        given = form.cleaned_data
        lasts = timedelta(days=given["lasts"])
        surveys = list(given["surveys"]) or None
        issued = api_tokens.issue(person, given["name"], given["scopes"], lasts, surveys)
        return self._issued_page(request, issued)

    def _issued_page(self, request: HttpRequest, issued: Issued) -> HttpResponse:
        address = request.build_absolute_uri(reverse("api:list_surveys"))
        context = {"title": _("New token"), "issued": issued, "address": address}
        response = self.page(request, f"{TEMPLATES}/issued.html", context)
        add_never_cache_headers(response)
        return response

    def feeds_view(self, request: HttpRequest) -> HttpResponse:
        """Where Excel and Power BI find interviews."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        feed = chosen_feed(request)
        context = {
            "title": _("Excel and Power BI"),
            "feed": feed,
            "address": feed.address(request) if feed else "",
        }
        return self.page(request, f"{TEMPLATES}/feeds.html", context)

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first (GET), then switch the token off (POST)."""
        token = get_object_or_404(self.get_queryset(request).select_related("person"), pk=pk)
        if request.method != "POST":
            context = {"title": _("Switch off"), "token": token}
            return self.page(request, f"{TEMPLATES}/revoke.html", context)
        api_tokens.revoke(token, by=person_of(request))
        messages.success(request, _("%(name)s is switched off.") % {"name": token.name})
        return redirect("admin:surveys_apitoken_changelist")
