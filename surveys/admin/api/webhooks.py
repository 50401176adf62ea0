"""Webhooks: set up by coordinators, with their latest messages, switched off and on again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import display

from surveys.admin.access import (
    OwnPage,
    ReadOnly,
    SurveyModelAdmin,
    chosen_survey,
    person_of,
    survey_in,
    surveys_for,
)
from surveys.admin.api.tokens import TEMPLATES
from surveys.admin.filters import SurveyFilter
from surveys.admin.links import link
from surveys.errors import SurveyError
from surveys.models import Role, Webhook, WebhookDelivery
from surveys.webhooks import deliveries, hooks
from surveys.webhooks.targets import target_of
from surveys.wording import in_words

SHOWN = 50  # messages
EVENTS = dict(Webhook.Event.choices)


class WebhookForm(forms.Form):
    """Where messages go, and about what."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("Such as https://example.org/hook, on the public network."),
    )
    events = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Tell when"),
        choices=Webhook.Event.choices,
        coerce=Webhook.Event,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing.")},
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            target_of(url)
        except SurveyError as error:
            raise ValidationError(in_words(error)) from error
        return url


@admin.register(Webhook)
class WebhookAdmin(ReadOnly, SurveyModelAdmin):
    readers = (Role.COORDINATOR,)
    list_display = ("address", "survey", "about", "state")
    list_display_links = None
    list_select_related = ("survey",)
    list_filter = (SurveyFilter,)
    search_fields = ("url",)
    ordering = ("-created_at", "-pk")
    fields = readonly_fields = ("url", "survey", "about", "state_words", "created_at", "set_up_by")
    change_list_template = "admin/surveys/change_list.html"
    when_empty = gettext_lazy(
        "A webhook tells another program by itself what happens in a survey: interviews come in, change "
        "or are erased, indicators are computed anew."
    )

    @display(description=gettext_lazy("address"))
    def address(self, hook: Webhook) -> str:
        return link(messages_url(hook.pk), hook.url)

    @display(description=gettext_lazy("tells when"))
    def about(self, hook: Webhook) -> str:
        return ", ".join(str(EVENTS.get(event, event)) for event in hook.events)

    @display(
        description=gettext_lazy("state"),
        label={"on": "success", "off": "warning", "failed": "danger"},
    )
    def state(self, hook: Webhook) -> tuple[str, str]:
        if hook.is_active:
            return "on", _("switched on")
        return ("failed", _("given up")) if hook.failed_at else ("off", _("switched off"))

    @display(description=gettext_lazy("state"))
    def state_words(self, hook: Webhook) -> str:
        words: str = self.state(hook)[1]
        return words

    @display(description=gettext_lazy("set up by"))
    def set_up_by(self, hook: Webhook) -> Any:
        return hook.created_by or "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        posted = require_POST
        own = [
            path("new/", view(self.new_view), name="surveys_webhook_new"),
            path("<int:pk>/messages/", view(self.messages_view), name="surveys_webhook_messages"),
            path("<int:pk>/switch/", view(posted(self.switch_view)), name="surveys_webhook_switch"),
            path(
                "<int:pk>/again/<int:delivery>/",
                view(posted(self.again_view)),
                name="surveys_webhook_again",
            ),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        survey = survey_in(request)
        query = "" if survey is None else f"?survey={survey}"
        return OwnPage(_("New webhook"), reverse("admin:surveys_webhook_new") + query)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Ask where to and about what (GET); set it up (POST)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        surveys = surveys_for(request, self.readers)
        survey = chosen_survey(request, surveys)
        form = WebhookForm(request.POST if request.method == "POST" else None)
        if survey is None or not form.is_valid():
            shown = {"title": _("New webhook"), "form": form, "survey": survey, "surveys": surveys}
            status = 422 if form.errors else 200
            return self.page(request, f"{TEMPLATES}/new_webhook.html", shown, status)
        given = form.cleaned_data
        hook = hooks.add(survey, given["url"], given["events"], person_of(request))
        messages.success(request, _("What happens from now on is told there."))
        return redirect(messages_url(hook.pk))

    def messages_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The webhook's secret, its state and its latest messages."""
        hook = self._hook(request, pk)
        rows = [
            {"message": one, "event": EVENTS.get(one.event, one.event), "answer": answer_of(one)}
            for one in hook.deliveries.order_by("-pk")[:SHOWN]
        ]
        context = {
            "title": _("Webhook"),
            "hook": hook,
            "rows": rows,
            "about": self.about(hook),
            "state": self.state(hook),
        }
        return self.page(request, f"{TEMPLATES}/messages.html", context)

    def switch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Off where it is on, and on where it is off."""
        hook = self._hook(request, pk)
        if hook.is_active:
            hooks.switch_off(hook)
        else:
            hooks.switch_on(hook)
        return redirect(messages_url(pk))

    def again_view(self, request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
        hook = self._hook(request, pk)
        deliveries.again(get_object_or_404(hook.deliveries, pk=delivery))
        messages.success(request, _("The message is sent again within half a minute."))
        return redirect(messages_url(pk))

    def _hook(self, request: HttpRequest, pk: int) -> Webhook:
        found: Webhook = get_object_or_404(
            self.get_queryset(request).select_related("survey"), pk=pk
        )
        return found


def messages_url(pk: int) -> str:
    return reverse("admin:surveys_webhook_messages", args=(pk,))


def answer_of(delivery: WebhookDelivery) -> str:
    """What became of the last attempt, in words."""
    if not delivery.answer:
        return "–"
    return in_words(SurveyError(delivery.answer, **delivery.answer_params))
