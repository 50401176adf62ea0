"""How the house is running, for administrators: alerts, queues, room, failed jobs, slow statements."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys import alerts, jobs, vitals
from surveys.admin.access import ReadOnly, SurveyModelAdmin
from surveys.models import Alert, Job, TrailSeal
from surveys.wording import in_words

LATELY = timedelta(days=7)
MOST_JOBS, MOST_ENDED = 20, 10


@admin.register(Alert)
class StatusAdmin(ReadOnly, SurveyModelAdmin):
    """One page in the place of a list."""

    readers = editors = ()  # so administrators only
    survey_path = ""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.status_view)
        return [path("", view, name="surveys_alert_changelist")]

    def status_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        ended = Alert.objects.exclude(ended_at=None).order_by("-ended_at")
        context = {
            "title": _("Status"),
            "standing": [_told(alert) for alert in Alert.objects.standing()],
            "ended": [_told(alert) for alert in ended[:MOST_ENDED]],
            "beats": alerts.clock_beats(),
            "last_beat": alerts.last_beat(),
            "queues": vitals.in_line(),
            "room": vitals.room(),
            "seal": TrailSeal.objects.first(),
            "failed": [_failed(job) for job in _failed_lately()],
            "statements": vitals.statements(),
        }
        return self.page(request, "admin/surveys/status.html", context)


def _told(alert: Alert) -> dict[str, object]:
    return {"alert": alert, "words": in_words(alert)}


def _failed_lately() -> list[Job]:
    failed = Job.objects.filter(state=Job.State.FAILED, finished_at__gte=timezone.now() - LATELY)
    return list(
        failed.select_related("survey", "requested_by").order_by("-finished_at")[:MOST_JOBS]
    )


def _failed(job: Job) -> dict[str, object]:
    why = in_words(job.failure) if job.error else "–"
    return {"job": job, "title": jobs.TITLES.get(job.kind, job.kind), "why": why}
