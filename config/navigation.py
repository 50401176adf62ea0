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


@dataclass(frozen=True)
class Entry:
    """A page of a model's admin, which those see who may see its rows."""

    title: Promise
    icon: str
    model: str
    page: str = "changelist"


WATCH = (Entry(_("Interviews"), "forum", "surveys.Interview"),)
SET_UP = (
    Entry(_("Surveys"), "travel_explore", "surveys.Survey"),
    Entry(_("Questionnaires"), "description", "surveys.Questionnaire"),
    Entry(_("Sites"), "location_on", "surveys.Site"),
    Entry(_("Assignments"), "assignment_ind", "surveys.Assignment"),
    Entry(_("Cities"), "location_city", "surveys.City"),
    Entry(_("Regions"), "map", "surveys.Region"),
    Entry(_("People"), "group", "surveys.User"),
    Entry(_("Schemes"), "balance", "scoring.Scheme"),
)
TAKE_AWAY = (
    Entry(_("Exports"), "download", "surveys.Job", page="exports"),
    Entry(_("Jobs"), "schedule", "surveys.Job"),
)


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """The groups of the side bar, in the form that django-unfold reads."""
    dashboard = Link(_("Dashboard"), "bar_chart", reverse("admin:index"))
    return [
        _group(_("Watch"), dashboard, *_links(request, WATCH)),
        _group(_("Set up"), *_links(request, SET_UP)),
        _group(_("Take away"), *_links(request, TAKE_AWAY)),
    ]


def _group(title: Promise, *links: Link) -> dict[str, object]:
    return {"title": title, "items": [asdict(link) for link in links]}


def _links(request: HttpRequest, entries: tuple[Entry, ...]) -> Iterator[Link]:
    """Those whose pages the admin has and the person may open."""
    for entry in entries:
        model = apps.get_model(entry.model)
        if admin.site.is_registered(model) and admin.site.get_model_admin(
            model
        ).has_view_or_change_permission(request):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{entry.page}"
            yield Link(entry.title, entry.icon, reverse(name))
