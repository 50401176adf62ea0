"""How people were weighed, stage by stage, and which weights scoring uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from scoring import tasks, weights
from surveys import nudges
from surveys.admin.access import ReadOnly, SurveyModelAdmin, key_in
from surveys.models import WeightVersion

PAGE = "admin/scoring/weights.html"
STAGES = {
    "design": _("Design"),
    "response": _("Those who did not respond"),
    "raking": _("Raked to the margins"),
    "trimming": _("Trimmed and raked again"),
}
NUMBERS = {
    "people": _("How many people"),
    "sum": _("Sum"),
    "min": _("Least"),
    "median": _("Median"),
    "max": _("Most"),
    "kish": _("Effective people"),
    "cv": "CV",
}


@dataclass(frozen=True)
class StageShown:
    """What weights look like after a stage, each number under its heading."""

    title: str
    numbers: tuple[str, ...]


def stages_of(version: WeightVersion) -> Iterator[StageShown]:
    for stage in version.stages:
        title = str(STAGES.get(stage["name"], stage["name"]))
        yield StageShown(title, tuple(_number(stage[name]) for name in NUMBERS))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


@admin.register(WeightVersion)
class WeightVersionAdmin(ReadOnly, SurveyModelAdmin):
    """Weights are never edited: others are others. Coordinators choose which are used."""

    survey_path = "wave.survey_id"
    list_display = ("name", "wave", "is_current", "created_at")
    list_display_links = ("name",)
    list_select_related = ("wave__survey",)
    ordering = ("-created_at", "-pk")
    actions = ("make_current",)

    @admin.action(description=_("Make current: the indicators use these weights"))
    def make_current(self, request: HttpRequest, rows: QuerySet[WeightVersion]) -> None:
        chosen = list(rows.select_related("wave__survey"))
        if len({version.wave_id for version in chosen}) < len(chosen):
            text = _("Choose one set of weights of a wave: only one can be current.")
            messages.error(request, text)
            return
        for version in chosen:
            self._use(request, version)

    def _use(self, request: HttpRequest, version: WeightVersion) -> None:
        names = {"name": version.name, "survey": version.wave.survey}
        if not self.allows(request, self.editors, version):
            text = _("%(name)s: only coordinators of %(survey)s choose the weights that count.")
            messages.error(request, text % names)
            return
        weights.use(version)
        nudges.send_once("score", tasks.score_pending.delay)
        text = _("%(name)s are the current weights of %(survey)s. The numbers follow in a moment.")
        messages.success(request, text % names)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.use_view))
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/use/", view, name="surveys_weightversion_use"), *urls]

    def change_view(
        self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any
    ) -> HttpResponse:
        version = self._version(request, key_in(object_id))
        context = {
            "title": version.name,
            "version": version,
            "may_coordinate": self.allows(request, self.editors, version),
            "numbers": NUMBERS.values(),
            "stages": list(stages_of(version)),
            "in_use": weights.current(version.wave),
        }
        return self.page(request, PAGE, context)

    def use_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._version(request, pk)
        if not self.allows(request, self.editors, version):
            raise PermissionDenied
        self._use(request, version)
        return redirect("admin:surveys_weightversion_change", pk)

    def _version(self, request: HttpRequest, pk: int | None) -> WeightVersion:
        rows = self.get_queryset(request).select_related("wave__survey")
        version: WeightVersion = get_object_or_404(rows, pk=pk)
        return version
