"""Long work on a scheme that people ask for on its page or in the list; workers do it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from scoring import comparisons, rescoring
from scoring.models import Scheme
from scoring.tasks import nudge_rescoring
from surveys.admin.access import SurveyModelAdmin, person_of
from surveys.models import Role
from surveys.tasks import nudge_job


class WorkAdmin(SurveyModelAdmin):
    """Coordinators have interviews judged again, analysts have groups compared too."""

    comparers: tuple[Role, ...] = (Role.COORDINATOR, Role.ANALYST)

    def has_rescore_permission(self, request: HttpRequest, scheme: Scheme | None = None) -> bool:
        return self.allows(request, self.editors, scheme)

    def has_compare_permission(self, request: HttpRequest, scheme: Scheme | None = None) -> bool:
        return self.allows(request, self.comparers, scheme)

    @admin.action(description=_("Judge all interviews again"), permissions=["rescore"])
    def rescore(self, request: HttpRequest, rows: QuerySet[Scheme]) -> None:
        for scheme in rows.select_related("survey"):
            self._rescore(request, scheme)

    @admin.action(
        description=_("Compare the groups: order, its uncertainty, differences"),
        permissions=["compare"],
    )
    def compare_groups(self, request: HttpRequest, rows: QuerySet[Scheme]) -> None:
        for scheme in rows.select_related("survey"):
            self._compare_groups(request, scheme)

    def _rescore(self, request: HttpRequest, scheme: Scheme) -> None:
        names = {"name": scheme.name, "survey": scheme.survey}
        if not self.has_rescore_permission(request, scheme):
            text = _("%(name)s is left alone: only coordinators of %(survey)s have it judge again.")
            messages.error(request, text % names)
            return
        if rescoring.under_way().filter(pk=scheme.pk).exists():
            text = _("%(name)s is judging all interviews of %(survey)s again already.")
            messages.warning(request, _with_jobs(text % names))
            return
        nudge_rescoring(rescoring.request(scheme, person_of(request)))
        text = _(
            "%(name)s judges all interviews of %(survey)s again. Until it is done, the numbers stay "
            "as they are."
        )
        messages.success(request, _with_jobs(text % names))

    def _compare_groups(self, request: HttpRequest, scheme: Scheme) -> None:
        names = {"name": scheme.name, "survey": scheme.survey}
        if not self.has_compare_permission(request, scheme):
            text = _(
                "The groups of %(name)s are not compared: only coordinators and analysts of "
                "%(survey)s ask for it."
            )
            messages.error(request, text % names)
            return
        nudge_job(comparisons.request(scheme, person_of(request)).pk)
        text = _("The groups of %(name)s are being compared. The result comes to “Comparisons”.")
        messages.success(request, _with_jobs(text % names))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "<int:pk>/rescore/",
                view(require_POST(self.rescore_view)),
                name="scoring_scheme_rescore",
            ),
            path(
                "<int:pk>/groups/",
                view(require_POST(self.groups_view)),
                name="scoring_scheme_groups",
            ),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def rescore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        scheme = self._visible(request, pk)
        if not self.has_rescore_permission(request, scheme):
            raise PermissionDenied
        self._rescore(request, scheme)
        return redirect("admin:scoring_scheme_change", pk)

    def groups_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        scheme = self._visible(request, pk)
        if not self.has_compare_permission(request, scheme):
            raise PermissionDenied
        self._compare_groups(request, scheme)
        return redirect("admin:scoring_scheme_change", pk)

    def _visible(self, request: HttpRequest, pk: int | None) -> Scheme:
        """The scheme of that key among those that the person may see. Raises Http404."""
        rows = self.get_queryset(request).select_related("survey")
        scheme: Scheme = get_object_or_404(rows, pk=pk)
        return scheme


def _with_jobs(text: str) -> str:
    """The sentence, with the way to the page that shows how far it is."""
    return format_html(
        '{} <a class="underline" href="{}">{}</a>',
        text,
        reverse("admin:surveys_job_changelist"),
        _("See how far it is: Jobs"),
    )
