"""Lists for devices: what is in them, where each entry came from, and conflicts for a person to decide."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from surveys import entities
from surveys.admin.access import (
    DetailAdmin,
    ReadOnly,
    SurveyModelAdmin,
    key_in,
    person_of,
    surveys_for,
)
from surveys.admin.entries import story_of
from surveys.admin.filters import SurveyFilter
from surveys.admin.links import link
from surveys.errors import SurveyError
from surveys.models import Entity, EntityChange, EntityList, Interview, Role
from surveys.wording import in_words
from surveys.xforms.declarations import KEPT

KEEPERS = (Role.COORDINATOR, Role.SUPERVISOR)
STANDING_COLOURS = {"hard": "danger", "soft": "warning", "waits": "info", "gone": "", "": "success"}
DECIDED = gettext_lazy("Decided: the entry is now what version %(number)s says.")


class SurveyOfListFilter(SurveyFilter):
    path = "list__survey"


class ListFilter(DropdownFilter):
    """The lists that the person sees, each with its survey."""

    title = gettext_lazy("list")
    parameter_name = "list"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        surveys = surveys_for(request, model_admin.readers)
        lists = EntityList.objects.filter(survey__in=surveys).select_related("survey")
        ordered = lists.order_by("survey__code", "name")
        return [(str(row.pk), f"{row.survey} · {row.name}") for row in ordered]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entity]) -> QuerySet[Entity]:
        key = key_in(self.value())
        return queryset if key is None else queryset.filter(list=key)


@admin.register(EntityList)
class EntityListAdmin(ReadOnly, SurveyModelAdmin):
    """The lists of a survey, with what there is to do in each."""

    readers = KEEPERS
    list_display = ("name", "survey", "entries", "conflicts", "waiting", "read_by")
    list_select_related = ("survey",)
    list_filter = (SurveyFilter,)
    ordering = ("survey__code", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntityList]:
        rows: QuerySet[EntityList] = super().get_queryset(request)
        listed = Q(entities__version__gt=0, entities__is_gone=False)
        return rows.annotate(
            entry_count=Count("entities", filter=listed, distinct=True),
            conflict_count=Count("entities", filter=~Q(entities__conflict=""), distinct=True),
            waiting_count=Count(
                "entities__changes",
                filter=Q(entities__changes__isnull=False, entities__changes__version=None),
                distinct=True,
            ),
        ).prefetch_related("readers__questionnaire")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A list is its entries."""
        row = get_object_or_404(self.get_queryset(request), pk=key_in(object_id))
        return redirect(_entries_of(row))

    @display(description=gettext_lazy("entries"), ordering="entry_count")
    def entries(self, row: Any) -> int:
        count: int = row.entry_count
        return count

    @display(description=gettext_lazy("conflicts"), ordering="conflict_count")
    def conflicts(self, row: Any) -> str:
        if not row.conflict_count:
            return "–"
        address = f"{_entries_of(row)}&conflict__isempty=0"
        return link(address, row.conflict_count)

    @display(description=gettext_lazy("waiting changes"), ordering="waiting_count")
    def waiting(self, row: Any) -> str:
        return row.waiting_count or "–"

    @display(description=gettext_lazy("read by"))
    def read_by(self, row: EntityList) -> str:
        names = {version.questionnaire.form_id for version in row.readers.all()}
        return ", ".join(sorted(names)) or "–"


def _entries_of(row: EntityList) -> str:
    return f"{reverse('admin:surveys_entity_changelist')}?list={row.pk}"


@admin.register(Entity)
class EntityAdmin(ReadOnly, DetailAdmin):
    """Entries, with a page for each that tells its story and lets conflicts be decided."""

    survey_path = "list.survey_id"
    readers = editors = KEEPERS
    list_display = ("label_", "list", "site", "version", "standing", "changed_at")
    list_select_related = ("list__survey", "site")
    list_filter = (
        SurveyOfListFilter,
        ListFilter,
        ("conflict", ChoicesDropdownFilter),
        ("conflict", admin.EmptyFieldListFilter),
    )
    search_fields = ("label", "uuid")
    ordering = ("-changed_at", "-pk")
    list_per_page = 50
    fields = readonly_fields = ("uuid",)  # the template shows the rest
    change_form_template = "admin/surveys/entity/change_form.html"

    @display(description=gettext_lazy("label"), ordering="label")
    def label_(self, entity: Entity) -> str:
        return str(entity)

    @display(description=gettext_lazy("state"), ordering="conflict", label=STANDING_COLOURS)
    def standing(self, entity: Entity) -> tuple[str, str]:
        return standing_of(entity)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/keep/", view(self.keep_view), name="surveys_entity_keep"),
            path("<int:pk>/release/", view(self.release_view), name="surveys_entity_release"),
            path("<int:pk>/gone/", view(self.gone_view), name="surveys_entity_gone"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def detail(self, request: HttpRequest, entity: Entity, /) -> dict[str, Any]:
        interviews = Interview.objects.visible_to(request.user)
        mine = interviews.filter(submissions__entity_changes__entity=entity)
        return {
            "title": str(entity),
            "subtitle": str(entity.list),
            "entity": entity,
            "standing": standing_of(entity),
            "is_kept": entity.list.name in KEPT,
            "story": story_of(entity, set(mine.values_list("pk", flat=True))),
        }

    @method_decorator(require_POST)
    def keep_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let the entry be what a version says."""
        entity = get_object_or_404(self.get_queryset(request), pk=pk)
        number = key_in(request.POST.get("version")) or 0
        try:
            seen = key_in(request.POST.get("seen")) or 0
            entities.keep(entity, number, seen=seen, by=person_of(request))
            messages.success(request, DECIDED % {"number": number})
        except SurveyError as error:
            messages.error(request, in_words(error))
        return redirect("admin:surveys_entity_change", pk)

    @method_decorator(require_POST)
    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply a change that waits for what may never come."""
        entity = get_object_or_404(self.get_queryset(request), pk=pk)
        key = key_in(request.POST.get("change"))
        waiting = EntityChange.objects.filter(entity=entity, version=None)
        entities.release(get_object_or_404(waiting, pk=key), by=person_of(request))
        messages.success(request, _("The change is applied."))
        return redirect("admin:surveys_entity_change", pk)

    @method_decorator(require_POST)
    def gone_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the entry from its list, or put it back, as the button said."""
        entity = get_object_or_404(self.get_queryset(request), pk=pk)
        is_gone = request.POST.get("gone") != "no"
        try:
            entities.set_gone(entity, is_gone=is_gone)
            said = _("Taken from the list.") if is_gone else _("Back in the list.")
            messages.success(request, said)
        except SurveyError as error:
            messages.error(request, in_words(error))
        return redirect("admin:surveys_entity_change", pk)


def standing_of(entity: Entity) -> tuple[str, str]:
    """A key for the colour, and the words."""
    if entity.conflict:
        return entity.conflict, str(_("conflict"))
    if entity.is_gone:
        return "gone", _("taken from the list")
    return ("", _("in the list")) if entity.version else ("waits", _("waits"))
