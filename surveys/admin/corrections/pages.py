"""An interview's answers corrected one at a time, undone, kept beside a device's edit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys import ledger, reconciliation
from surveys.admin.access import SurveyModelAdmin, key_in, person_of, posted
from surveys.admin.corrections.correction import Correction
from surveys.errors import SurveyError
from surveys.models import Interview
from surveys.verdicts import decidable_by
from surveys.wording import in_words


class LedgerAdmin(SurveyModelAdmin):
    """Corrections of one interview at a time."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/correct/", view(self.correct_view), name="surveys_interview_correct"),
            path(
                "<int:pk>/corrections/<int:correction>/undo/",
                view(require_POST(self.undo_view)),
                name="surveys_interview_undo",
            ),
            path(
                "<int:pk>/reconcile/",
                view(require_POST(self.reconcile_view)),
                name="surveys_interview_reconcile",
            ),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def _correctable(self, request: HttpRequest, pk: int) -> Interview:
        """Raises Http404 where it is not the person's to correct."""
        own = decidable_by(person_of(request)).filter(pk__in=self.get_queryset(request))
        found = own.select_related("questionnaire__survey", "current__version", "site")
        light = found.defer("current__version__workbook", "current__version__xml")
        return get_object_or_404(light, pk=pk)

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose a question, type its answer, look at what follows, save."""
        interview = self._correctable(request, pk)
        try:
            correction = Correction(request, interview, person_of(request))
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect("admin:surveys_interview_change", pk)
        if request.method == "POST" and correction.answered():
            messages.success(request, correction.done)
            return redirect("admin:surveys_interview_change", pk)
        template = "admin/surveys/ledger/correct.html"
        return self.page(request, template, correction.context(), correction.status)

    def undo_view(self, request: HttpRequest, pk: int, correction: int) -> HttpResponse:
        interview = self._correctable(request, pk)
        own = interview.submissions.filter(pk=correction)
        try:
            ledger.undo(
                get_object_or_404(own).pk,
                by=person_of(request),
                reason=posted(request, "reason")[:1000] or _("Undone"),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, _("The correction is undone. Both are kept in the list."))
        return redirect("admin:surveys_interview_change", pk)

    def reconcile_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put the edit in place of its original, with the office's answers where these were chosen."""
        interview = self._correctable(request, pk)
        kept = [
            one.place
            for one in reconciliation.contradictions(interview)
            if request.POST.get(f"keep-{one.place}") == "office"
        ]
        try:
            original = reconciliation.reconcile(
                pk,
                kept,
                by=person_of(request),
                seen=key_in(request.POST.get("seen")) or 0,
                over=key_in(request.POST.get("over")) or 0,
                reason=_("Kept when a later edit of the device came in."),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect("admin:surveys_interview_change", pk)
        messages.success(request, _("The edit is in its place, with the answers that you chose."))
        return redirect("admin:surveys_interview_change", original.pk)
