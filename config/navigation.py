"""The admin's side bar: what there is to watch and to set up, each person what they may see."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Link:
    title: str | Promise
    icon: str  # of Material Symbols
    link: str


WATCH = (
    (_("Interviews"), "forum", "surveys.Interview"),
    (_("Exports and jobs"), "download", "surveys.Job"),
)
SET_UP = (
    (_("Surveys"), "travel_explore", "surveys.Survey"),
    (_("Questionnaires"), "description", "surveys.Questionnaire"),
    (_("Sites"), "location_on", "surveys.Site"),
    (_("Assignments"), "assignment_ind", "surveys.Assignment"),
    (_("Cities"), "location_city", "surveys.City"),
    (_("Regions"), "map", "surveys.Region"),
    (_("People"), "group", "surveys.User"),
    (_("Schemes"), "balance", "scoring.Scheme"),
)


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """The groups of the side bar, in the form that django-unfold reads."""
    dashboard = Link(_("Dashboard"), "bar_chart", reverse("admin:index"))
    return [
        _group(_("Watch"), dashboard, *_links(request, WATCH)),
        _group(_("Set up"), *_links(request, SET_UP)),
    ]


def _group(title: Promise, *links: Link) -> dict[str, object]:
    return {"title": title, "items": [asdict(link) for link in links]}


def _links(request: HttpRequest, entries: tuple[tuple[Promise, str, str], ...]) -> Iterator[Link]:
    """Those whose pages the admin has and the person may open."""
    for title, icon, label in entries:
        model = apps.get_model(label)
        if admin.site.is_registered(model) and admin.site.get_model_admin(
            model
        ).has_view_or_change_permission(request):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            yield Link(title, icon, reverse(name))
