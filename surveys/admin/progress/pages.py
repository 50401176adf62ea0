"""Progress: how far the fieldwork of a survey is, and when it will be done."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.admin.access import ReadOnly, SurveyModelAdmin
from surveys.admin.progress.bars import bars_of
from surveys.admin.progress.filters import TABLES, Filters
from surveys.admin.progress.map import map_of
from surveys.admin.progress.tables import file_of, table_of
from surveys.downloads import streamed
from surveys.memberships import PEOPLE_READERS
from surveys.models import SiteProgress, Survey
from surveys.progress.outlook import by_day, outlook_of

TEMPLATES = "admin/surveys/progress"


@admin.register(SiteProgress)
class SiteProgressAdmin(ReadOnly, SurveyModelAdmin):
    """The pages of progress; supervisors see their own team's, analysts none."""

    survey_path = "wave.survey_id"
    readers = PEOPLE_READERS

    def get_urls(self) -> list[URLPattern]:
        def view(page: Callable[..., HttpResponseBase]) -> Any:
            return require_safe(self.admin_site.admin_view(page))

        return [
            path("", view(self.progress_view), name="surveys_siteprogress_changelist"),
            path("map/", view(self.map_view), name="surveys_siteprogress_map"),
            path("table.csv", view(self.file_view), name="surveys_siteprogress_file"),
        ]

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        """Where the fieldwork stands, interviews a day, and one of the tables."""
        filters = self._filters(request)
        scope, today = filters.scope(), localdate()
        done = by_day(scope)
        outlook = outlook_of(scope, done, today)
        needed = outlook.against.needed if outlook.against else None
        return self._page(
            request,
            filters,
            "progress.html",
            title=_("Progress"),
            outlook=outlook,
            bars=bars_of(done, today, needed),
            table=table_of(scope, filters),
            tables=[(name, title, filters.query(table=name)) for name, title in TABLES.items()],
            counted=_counted(filters.survey),
            file=f"{_address('file')}?{filters.query()}",
        )

    def map_view(self, request: HttpRequest) -> HttpResponse:
        """The sites as circles: as large as their target, as full as it is done."""
        filters = self._filters(request)
        chart = map_of(filters.scope(), filters)
        page = _address("changelist")
        return self._page(
            request, filters, "map.html", title=_("Map of sites"), map=chart, page=page
        )

    def file_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """The whole of the table that is asked for, as CSV."""
        filters = self._filters(request)
        name = f"{filters.survey.code}-progress-{filters.table}.csv"
        return streamed(file_of(filters.scope(), filters), name)

    def _filters(self, request: HttpRequest) -> Filters:
        filters = Filters.of(request) if self.has_view_permission(request) else None
        if filters is None:
            raise PermissionDenied
        return filters

    def _page(
        self, request: HttpRequest, filters: Filters, template: str, **context: Any
    ) -> HttpResponse:
        plan = reverse("admin:surveys_survey_change", args=(filters.survey.pk,))
        whole = {
            "filters": filters,
            "people": filters.people(),
            "page_address": f"{_address('changelist')}?{filters.query()}",
            "map_address": f"{_address('map')}?{filters.query()}",
            "plan_address": plan if filters.is_whole else "",
            **context,
        }
        return self.page(request, f"{TEMPLATES}/{template}", whole)


def _counted(survey: Survey) -> str:
    """Which interviews count, in words."""
    words = _(
        "Interviews that were answered, of the questionnaires from which indicators are made. Of "
        "these the survey counts: %(rule)s."
    )
    return words % {"rule": survey.get_counts_display()}


def _address(page: str) -> str:
    return reverse(f"admin:surveys_siteprogress_{page}")
