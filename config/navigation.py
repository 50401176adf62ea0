"""The admin's side bar: what there is to watch and to set up, each person what they may see."""

from collections.abc import Iterable, Iterator
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
    """A page of a model's admin, which those see who may see its rows, or have another right of it."""

    title: Promise
    icon: str
    model: str
    page: str = "changelist"
    right: str = "has_view_or_change_permission"


WATCH = (
    Entry(_("Progress"), "trending_up", "surveys.SiteProgress"),
    Entry(_("Interviews"), "forum", "surveys.Interview"),
    Entry(_("To review"), "rate_review", "surveys.Interview", "review", "has_decide_permission"),
    Entry(_("Response rates"), "how_to_reg", "surveys.Case", page="outcomes"),
    Entry(_("Quality"), "verified_user", "surveys.Inspection"),
    Entry(_("Back-checks"), "fact_check", "surveys.BackCheck"),
    Entry(_("Corrections"), "edit_note", "surveys.CorrectionBatch"),
    Entry(_("Imports"), "upload_file", "surveys.ImportBatch"),
    Entry(_("Comparisons"), "leaderboard", "scoring.GroupComparison"),
)
SET_UP = (
    Entry(_("Surveys"), "travel_explore", "surveys.Survey"),
    Entry(_("Questionnaires"), "description", "surveys.Questionnaire"),
    Entry(_("Sampling frame"), "list_alt", "surveys.FrameUnit"),
    Entry(_("Samples"), "casino", "surveys.Draw"),
    Entry(_("Sites"), "location_on", "surveys.Site"),
    Entry(_("Selected people"), "person_search", "surveys.Case"),
    Entry(_("Assignments"), "assignment_ind", "surveys.Assignment"),
    Entry(_("Cities"), "location_city", "surveys.City"),
    Entry(_("Regions"), "map", "surveys.Region"),
    Entry(_("People"), "group", "surveys.User"),
    Entry(_("Devices"), "smartphone", "surveys.DeviceToken"),
    Entry(_("Lists"), "contacts", "surveys.EntityList"),
    Entry(_("Schemes"), "balance", "scoring.Scheme"),
    Entry(_("Weights"), "scale", "surveys.WeightVersion"),
)
TAKE_AWAY = (
    Entry(_("Exports"), "download", "surveys.Job", page="exports"),
    Entry(_("Audiences"), "visibility_off", "surveys.Audience"),
    Entry(_("Jobs"), "schedule", "surveys.Job"),
    Entry(_("Erased interviews"), "ink_eraser", "surveys.Tombstone"),
    Entry(_("Deposits"), "inventory_2", "surveys.Deposit"),
    Entry(_("API tokens"), "key", "surveys.ApiToken"),
    Entry(_("Webhooks"), "webhook", "surveys.Webhook"),
)
SYSTEM = (
    Entry(_("Status"), "monitor_heart", "surveys.Alert"),
    Entry(_("Trail"), "policy", "surveys.TrailEntry"),
)


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """The groups of the side bar, in the form that django-unfold reads."""
    dashboard = Link(_("Dashboard"), "bar_chart", reverse("admin:index"))
    tables = Link(_("Cross-tabulation"), "table_chart", reverse("dashboard-crosstab"))
    groups = {
        _("Watch"): [dashboard, *_links(request, WATCH), tables],
        _("Set up"): [*_links(request, SET_UP)],
        _("Take away"): [*_links(request, TAKE_AWAY)],
        _("System"): [*_links(request, SYSTEM)],
    }
    here = _link_of(request.path, (link.link for links in groups.values() for link in links))
    return [_group(title, links, here) for title, links in groups.items() if links]


def _link_of(path: str, links: Iterable[str]) -> str:
    """The one link that a page belongs to: the longest that its address begins with."""
    around = [link for link in links if path.startswith(link) and link != reverse("admin:index")]
    return max(around, key=len, default=path)


def _group(title: Promise, links: Iterable[Link], here: str) -> dict[str, object]:
    items = [{**asdict(link), "active": link.link == here} for link in links]
    return {"title": title, "items": items}


def _links(request: HttpRequest, entries: tuple[Entry, ...]) -> Iterator[Link]:
    """Those whose pages the admin has and the person may open."""
    for entry in entries:
        model = apps.get_model(entry.model)
        if not admin.site.is_registered(model):
            continue
        if getattr(admin.site.get_model_admin(model), entry.right)(request):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{entry.page}"
            yield Link(entry.title, entry.icon, reverse(name))
