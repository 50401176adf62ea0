"""The queue of interviews that wait for a reviewer, paged by key."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import batches, pending
from surveys.admin.access import SurveyModelAdmin, key_in, person_of
from surveys.admin.decisions import CHOICES, DECIDERS
from surveys.admin.paging import portion_of
from surveys.admin.rules import held_by
from surveys.admin.together import SEVERAL
from surveys.models import Comment, Decision, Finding, Interview, User
from surveys.models.decision import Verdict
from surveys.pending import Why

LATELY = 5  # batches that the page names
REASONS: Mapping[Why, Promise] = {
    Why.QUARANTINED: gettext_lazy("Quarantined"),
    Why.HELD: gettext_lazy("Held"),
    Why.BACK: gettext_lazy("Sent again"),
}


@dataclass(frozen=True)
class Row:
    """An interview of the queue and why it is there, in words."""

    interview: Interview
    reasons: tuple[str, ...]


class QueueAdmin(SurveyModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.review_view)
        own = [path("review/", view, name="surveys_interview_review")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def review_view(self, request: HttpRequest) -> HttpResponse:
        """A page of the queue: of the person's surveys and team, all or for one reason."""
        if not self.allows(request, DECIDERS, None):
            raise PermissionDenied
        person, why = person_of(request), request.GET.get("why", "")
        context = {
            "title": _("To review"),
            "why": why,
            "tabs": _tabs(person, why),
            "choices": [CHOICES[verdict] for verdict in SEVERAL],
            "batches": batches.visible_to(person).select_related("by")[:LATELY],
            **_page(person, why, key_in(request.GET.get("after"))),
        }
        return self.page(request, "admin/surveys/interview/review.html", context)


def _page(person: User, why: str, key: int | None) -> dict[str, Any]:
    rows = pending.pending_for(person, why)
    found = pending.after(rows, key) if key else rows
    related = found.select_related("site__city", "enumerator", "questionnaire")
    shown = portion_of(related.defer("answers", "skipped"), batches.MOST)
    reasons = _reasons(shown.rows)
    more = {"why": why, "after": str(shown.last.pk)} if shown.last else {}
    return {
        "rows": [Row(one, tuple(reasons[one.pk])) for one in shown.rows],
        "more": f"?{urlencode(more)}" if more else "",
        "is_first": key is None,
    }


def _tabs(person: User, why: str) -> list[tuple[str, str, int, bool]]:
    """The address, the title and the number of interviews of each reason, and which is shown."""
    address = reverse("admin:surveys_interview_review")
    counts = {one: pending.pending_for(person, one).count() for one in Why}
    all_ = (address, _("All"), sum(counts.values()), why not in counts)
    return [
        all_,
        *(
            (f"{address}?why={one}", str(title), counts[one], why == one)
            for one, title in REASONS.items()
        ),
    ]


def _reasons(interviews: Collection[Interview]) -> dict[int, list[str]]:
    """Why each is there: what is doubtful, which rule or person holds it, what came back."""
    reasons: dict[int, list[str]] = defaultdict(list)
    by_version = {one.current_id: one.pk for one in interviews}
    found = Finding.objects.filter(submission__in=[key for key in by_version if key])
    for version, kind in found.order_by("kind").values_list("submission", "kind").distinct():
        reasons[by_version[version]].append(str(Finding.Kind(kind).label))
    keys = [one.pk for one in interviews]
    held = [one.pk for one in interviews if one.state == Interview.State.FLAGGED]
    holds = Decision.objects.filter(interview__in=held, verdict=Verdict.HOLD)
    for decision in holds.select_related("rule", "by"):
        if words := held_by(decision):
            reasons[decision.interview_id].append(words)
    for pk, text in _answers(keys):
        reasons[pk].append(text)
    return reasons


def _answers(keys: Collection[int]) -> list[tuple[int, str]]:
    """What was asked, of interviews that came back."""
    asked = Comment.objects.answered().filter(interview__in=keys)
    return [(pk, f"“{text}”") for pk, text in asked.values_list("interview", "text")]
