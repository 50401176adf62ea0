"""One decision on several interviews: what it would change, then made, then perhaps taken back."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from surveys import batches
from surveys.admin.access import SurveyModelAdmin, key_in, keys_in, person_of
from surveys.admin.decisions import DECIDERS, DecisionForm
from surveys.errors import SurveyError
from surveys.models import Interview
from surveys.models.decision import Verdict
from surveys.wording import in_words

SEVERAL = {  # the heading of a page about several, and its button
    Verdict.APPROVE: (gettext_lazy("Approve interviews"), gettext_lazy("Approve them")),
    Verdict.RETURN: (
        gettext_lazy("Return interviews to their enumerators"),
        gettext_lazy("Return them"),
    ),
    Verdict.HOLD: (gettext_lazy("Hold interviews"), gettext_lazy("Hold them")),
    Verdict.COUNT: (gettext_lazy("Let interviews count"), gettext_lazy("Let them count")),
    Verdict.REJECT: (gettext_lazy("Reject interviews"), gettext_lazy("Reject them")),
}


class TogetherAdmin(SurveyModelAdmin):
    """Several interviews decided on at once, from their list or from the queue."""

    actions: tuple[str, ...] = ("approve", "give_back", "hold", "let_count", "reject")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, DECIDERS, None)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "together/",
                require_POST(view(self.together_view)),
                name="surveys_interview_together",
            ),
            path("batch/<int:pk>/", view(self.batch_view), name="surveys_interview_batch"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    @admin.action(description=gettext_lazy("Approve the selected"), permissions=["decide"])
    def approve(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse | None:
        return self._ask_about(request, rows, Verdict.APPROVE)

    @admin.action(description=gettext_lazy("Return the selected"), permissions=["decide"])
    def give_back(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse | None:
        return self._ask_about(request, rows, Verdict.RETURN)

    @admin.action(description=gettext_lazy("Hold the selected"), permissions=["decide"])
    def hold(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse | None:
        return self._ask_about(request, rows, Verdict.HOLD)

    @admin.action(description=gettext_lazy("Let the selected count"), permissions=["decide"])
    def let_count(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse | None:
        return self._ask_about(request, rows, Verdict.COUNT)

    @admin.action(description=gettext_lazy("Reject the selected"), permissions=["decide"])
    def reject(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse | None:
        return self._ask_about(request, rows, Verdict.REJECT)

    def together_view(self, request: HttpRequest) -> HttpResponse:
        """Show what would be decided on the `chosen`; decide it where it is `confirmed`."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        back = redirect("admin:surveys_interview_review")
        verdict = request.POST.get("verdict", "")
        if verdict not in set(SEVERAL):
            return back
        if "confirmed" in request.POST:
            return self._decide_together(request, Verdict(verdict))
        keys = keys_in(request.POST.getlist("chosen"))
        if not keys:
            messages.error(request, _("Choose the interviews first."))
            return back
        rows = self.get_queryset(request).filter(pk__in=keys)
        return self._ask_about(request, rows, Verdict(verdict)) or back

    def _ask_about(
        self, request: HttpRequest, rows: QuerySet[Interview], verdict: Verdict
    ) -> HttpResponse | None:
        """What the word would change, and what not and why; None where too many are chosen."""
        found = rows.select_related("current", "questionnaire", "site").defer("current__xml")
        chosen = list(found[: batches.MOST + 1])
        if len(chosen) > batches.MOST:
            words = _("Choose at most %(most)s interviews at once.")
            messages.error(request, words % {"most": batches.MOST})
            return None
        return self._preview_together(request, verdict, chosen, DecisionForm())

    def _preview_together(
        self,
        request: HttpRequest,
        verdict: Verdict,
        chosen: Sequence[Interview],
        form: DecisionForm,
    ) -> HttpResponse:
        left = batches.left_of(chosen, verdict, person_of(request))
        without = {one.interview.pk for one in left}
        title, button = SEVERAL[verdict]
        context = {
            "title": title,
            "button": button,
            "verdict": verdict,
            "form": form,
            "ready": [interview for interview in chosen if interview.pk not in without],
            "left": _in_words(left),
        }
        if "action" in request.POST:  # from the list, to which one goes back
            context["queue_address"] = request.get_full_path()
        return self._together_page(request, "decide", context)

    def _decide_together(self, request: HttpRequest, verdict: Verdict) -> HttpResponse:
        """Decide on those that were shown, in the versions that were shown."""
        form = DecisionForm(request.POST)
        seen = {key: v for key, text in _by_key(request, "seen") if (v := key_in(text))}
        visible = self.get_queryset(request).filter(pk__in=seen)
        theirs = set(visible.values_list("pk", flat=True))
        if not form.is_valid():
            faults = (str(fault) for found in form.errors.values() for fault in found)
            messages.error(request, " ".join(faults))
            return redirect("admin:surveys_interview_review")
        try:
            outcome = batches.decide(
                {key: version for key, version in seen.items() if key in theirs},
                verdict,
                by=person_of(request),
                reason=form.cleaned_data["reason"],
                states=dict(_by_key(request, "state")),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect("admin:surveys_interview_review")
        for one in outcome.left:
            messages.warning(request, f"{one.interview.root_uuid}: {in_words(one.why)}")
        count = len(outcome.decided)
        messages.success(request, _several(verdict, count) % {"n": count})
        if not outcome.decided:
            return redirect("admin:surveys_interview_review")
        return redirect("admin:surveys_interview_batch", outcome.batch.pk)

    def batch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was decided together, what of it can be taken back, and taking it back."""
        person = person_of(request)
        batch = get_object_or_404(batches.visible_to(person).select_related("by"), pk=pk)
        if request.method == "POST":
            try:
                count = len(batches.undo(batch.pk, by=person).decided)
                words = ngettext(
                    "%(n)s decision is taken back.", "%(n)s decisions are taken back.", count
                )
                messages.success(request, words % {"n": count})
            except SurveyError as error:
                messages.error(request, in_words(error))
            return redirect("admin:surveys_interview_batch", batch.pk)
        found = batches.undoing(batch, person)
        context = {
            "title": _("Decided together: %(verdict)s") % {"verdict": batch.get_verdict_display()},
            "batch": batch,
            "standing": found.standing,
            "left": _in_words(found.left),
        }
        return self._together_page(request, "batch", context)

    def _together_page(
        self, request: HttpRequest, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        context = {"queue_address": reverse("admin:surveys_interview_review"), **context}
        return self.page(request, f"admin/surveys/interview/{name}.html", context)


def _by_key(request: HttpRequest, name: str) -> Iterator[tuple[int, str]]:
    """What a page says of interviews in fields `KEY:TEXT`."""
    for given in request.POST.getlist(name):
        key, _, text = given.partition(":")
        if number := key_in(key):
            yield number, text


def _in_words(left: Sequence[batches.Left]) -> list[tuple[Interview, str]]:
    return [(one.interview, in_words(one.why)) for one in left]


def _several(verdict: Verdict, count: int) -> str:
    said = {
        Verdict.APPROVE: ngettext("%(n)s interview approved.", "%(n)s interviews approved.", count),
        Verdict.RETURN: ngettext("%(n)s interview returned.", "%(n)s interviews returned.", count),
        Verdict.HOLD: ngettext("%(n)s interview held.", "%(n)s interviews held.", count),
        Verdict.COUNT: ngettext(
            "%(n)s interview counts now.", "%(n)s interviews count now.", count
        ),
        Verdict.REJECT: ngettext("%(n)s interview rejected.", "%(n)s interviews rejected.", count),
    }
    return said[verdict]
