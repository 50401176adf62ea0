"""Jobs: how far they are, stopping them, taking their files; and the page that asks for exports."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import display

from surveys import jobs, tasks
from surveys.admin.access import (
    OwnPage,
    ReadOnly,
    SurveyModelAdmin,
    key_in,
    person_of,
    surveys_for,
)
from surveys.admin.exports import ExportForm, firsts, wish_of
from surveys.admin.selecting import SelectionForm
from surveys.admin.standout import StandoutAdmin
from surveys.downloads import resumable
from surveys.errors import SurveyError
from surveys.exports import catalogue, standout
from surveys.exports.catalogue import Export, Order
from surveys.models import Audience, Job, Questionnaire
from surveys.models.survey import STAFF_ROLES
from surveys.wording import in_words

SHOWN_JOBS = 10
STATE_COLOURS = {
    "queued": "info",
    "running": "info",
    "done": "success",
    "failed": "danger",
    "cancelled": "warning",
}


def title_of(job: Job) -> str:
    return str(jobs.TITLES.get(job.kind, job.kind))


@admin.register(Job)
class JobAdmin(ReadOnly, StandoutAdmin, SurveyModelAdmin):
    list_display = ("title", "survey", "state_label", "progress", "created_at", "file")
    list_select_related = ("survey",)
    list_filter = ("state",)
    ordering = ("-created_at", "-pk")
    actions = ("cancel_jobs",)
    change_list_template = "admin/surveys/change_list.html"
    fields = readonly_fields = (
        "title",
        "survey",
        "wish",
        "state_words",
        "progress",
        "created_at",
        "finished_at",
        "reason",
        "file",
    )

    @display(description=gettext_lazy("job"))
    def title(self, job: Job) -> str:
        return title_of(job)

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_COLOURS)
    def state_label(self, job: Job) -> tuple[str, str]:
        return job.state, job.get_state_display()

    @display(description=gettext_lazy("state"))
    def state_words(self, job: Job) -> str:
        return job.get_state_display()

    @display(description=gettext_lazy("choices"))
    def wish(self, job: Job) -> str:
        key = job.params.get("audience") or 0
        return wish_of(job, dict(Audience.objects.filter(pk=key).values_list("pk", "name"))) or "–"

    @display(description=gettext_lazy("progress"))
    def progress(self, job: Job) -> str:
        return format_html(
            '<progress max="{}" value="{}">{}</progress> {} / {}',
            job.total or 1,
            job.done,
            job.done,
            f"{job.done:,}",
            f"{job.total:,}",
        )

    @display(description=gettext_lazy("error"))
    def reason(self, job: Job) -> str:
        return in_words(job.failure) if job.error else "–"

    @display(description=gettext_lazy("file"))
    def file(self, job: Job) -> str:
        if not job.result:
            return "–"
        address = reverse("admin:surveys_job_download", args=(job.pk,))
        return format_html('<a href="{}">{}</a>', address, _("Download"))

    @admin.action(description=gettext_lazy("Cancel the selected jobs"), permissions=["view"])
    def cancel_jobs(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        for job in rows:
            jobs.cancel(job)
        messages.success(request, _("Cancelled: running jobs stop within a second."))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("exports/", view(self.exports_view), name="surveys_job_exports"),
            path("exports/jobs/", view(self.list_view), name="surveys_job_progress"),
            path(
                "<int:pk>/cancel/", view(require_POST(self.cancel_view)), name="surveys_job_cancel"
            ),
            path("<int:pk>/file/", view(self.download_view), name="surveys_job_download"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        return OwnPage(_("Exports"), reverse("admin:surveys_job_exports"))

    def exports_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file; below, how far one's files are."""
        questionnaires = self._questionnaires(request)
        if not questionnaires:
            return self._page(request, {"questionnaires": ()})
        chosen = request.GET.get("questionnaire") or str(questionnaires[0].pk)
        questionnaire = next((one for one in questionnaires if one.pk == key_in(chosen)), None)
        if questionnaire is None:
            raise Http404
        order = Order(questionnaire, person_of(request))
        form = ExportForm(order, request.POST or None, initial=request.GET.dict())
        selecting = SelectionForm(order, request.POST or None)
        if request.method == "POST" and form.is_valid() and selecting.is_valid():
            self._ask(request, *form.wanted(selecting.selection))
            query = {"questionnaire": str(questionnaire.pk), **form.said()}
            return redirect(f"{request.path}?{urlencode(query)}")
        described = [(export.subject, export.describe(order)) for export in firsts()]
        context = {
            "form": form,
            "selecting": selecting,
            "questionnaire": questionnaire,
            "described": described,
            "given_to": order.given_to,
            "may_give": "audience" in form.fields,
        }
        return self._page(request, {**context, "questionnaires": questionnaires})

    def _questionnaires(self, request: HttpRequest) -> QuerySet[Questionnaire]:
        """Of the surveys in which the person is staff."""
        found = Questionnaire.objects.visible_to(request.user).select_related("survey", "current")
        return found.filter(survey__in=surveys_for(request, STAFF_ROLES))

    def _ask(self, request: HttpRequest, export: Export, order: Order) -> None:
        try:
            job = catalogue.request(export, order)
        except SurveyError as error:
            messages.error(request, in_words(error))
        else:
            tasks.nudge_job(job.pk)

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        shared = {
            "title": _("Exports"),
            "kept_days": jobs.KEPT_FOR.days,
            **self._shown(request),
        }
        return self.page(request, "admin/surveys/job/exports.html", {**shared, **context})

    def _shown(self, request: HttpRequest) -> dict[str, Any]:
        mine = self.get_queryset(request).filter(requested_by=request.user)
        own = mine.exclude(kind=standout.KIND)  # has a page of its own, and no file
        shown = list(own.select_related("survey")[:SHOWN_JOBS])
        keys = {job.params.get("audience") for job in shown}
        audiences = dict(Audience.objects.filter(pk__in=keys - {None}).values_list("pk", "name"))
        rows = [
            {
                "job": job,
                "title": title_of(job),
                "wish": wish_of(job, audiences),
                "reason": self.reason(job),
                "done": f"{job.done:,}",
                "total": f"{job.total:,}",
            }
            for job in shown
        ]
        is_moving = any(row["job"].state in jobs.UNFINISHED for row in rows)
        return {"jobs": rows, "is_moving": is_moving, "are_more": len(shown) == SHOWN_JOBS}

    def list_view(self, request: HttpRequest) -> JsonResponse:
        """The list of one's jobs as HTML, and whether it is worth asking again."""
        shown = self._shown(request)
        html = render_to_string("admin/surveys/job/list.html", shown, request)
        return JsonResponse({"html": html, "isMoving": shown["is_moving"]})

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        jobs.cancel(get_object_or_404(self.get_queryset(request), pk=pk))
        return redirect("admin:surveys_job_exports")

    def download_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The job's file, to whoever asked for it and still may see the survey; also from where a
        connection broke off.
        """
        job = get_object_or_404(self.get_queryset(request), pk=pk)
        if job.state != Job.State.DONE or not job.result or not catalogue.may_have(job):
            raise Http404(_("There is no such file."))
        name = job.result.name.rpartition("/")[2]
        return resumable(request, job.result.open("rb"), name, f"job-{job.pk}")
