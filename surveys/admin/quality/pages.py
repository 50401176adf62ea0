"""Quality: what the checks found, whom to ask about it, and what somebody made of it."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys import checks, doubts
from surveys.admin.access import (
    ReadOnly,
    SurveyModelAdmin,
    key_in,
    person_of,
    posted,
    survey_in,
    surveys_for,
)
from surveys.admin.quality.checks import checks_of
from surveys.admin.quality.doubts import behind_of, form_for, listed
from surveys.admin.quality.enumerators import compared, effect_of, inspected_people, team_names
from surveys.admin.quality.evidence import evidence_of
from surveys.admin.quality.filters import Filters
from surveys.admin.quality.histogram import TIMED, histogram_of
from surveys.admin.quality.limits import given_in, groups_of
from surveys.admin.quality.suspicions import questions_of
from surveys.errors import SurveyError
from surveys.memberships import PEOPLE_READERS
from surveys.models import Doubt, Inspection, QualityRules, Role, Survey
from surveys.quality.thresholds import ThresholdFault
from surveys.verdicts import decidable_by
from surveys.wording import in_words

STATES = (Doubt.State.OPEN, Doubt.State.DISMISSED, Doubt.State.GONE)
TEMPLATES = "admin/surveys/quality"


@admin.register(Inspection)
class InspectionAdmin(ReadOnly, SurveyModelAdmin):
    """The pages of quality; supervisors see their own team's, analysts none."""

    survey_path = "questionnaire.survey_id"
    readers = PEOPLE_READERS

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.quality_view), name="surveys_inspection_changelist"),
            path(
                "doubt/<int:pk>/",
                require_POST(view(self.doubt_view)),
                name="surveys_inspection_doubt",
            ),
            path("limits/<int:pk>/", view(self.limits_view), name="surveys_inspection_limits"),
            path(
                "evidence/<int:pk>/", view(self.evidence_view), name="surveys_inspection_evidence"
            ),
        ]

    def quality_view(self, request: HttpRequest) -> HttpResponse:
        """The checks of one questionnaire and wave, with the doubts that are asked for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        inspections = self._inspections(request)
        key = key_in(request.GET.get("inspection"))
        chosen = [one for one in inspections if one.pk == key] or inspections
        context: dict[str, Any] = {"title": _("Quality"), "inspections": inspections}
        if chosen:
            context |= self._shown(request, chosen[0])
        return self.page(request, f"{TEMPLATES}/quality.html", context)

    def _inspections(self, request: HttpRequest) -> list[Inspection]:
        """Those that were run, of the survey in the address where it names one; the latest first."""
        found = Inspection.objects.visible_to(request.user).filter(checked_at__isnull=False)
        survey = survey_in(request)
        rows = found.filter(questionnaire__survey=survey) if survey else found
        return list(
            rows.select_related("questionnaire__survey", "wave__survey")
            .defer("results")
            .order_by("-checked_at")
        )

    def _shown(self, request: HttpRequest, inspection: Inspection) -> dict[str, Any]:
        person, filters = person_of(request), Filters.of(request)
        survey = inspection.questionnaire.survey
        is_whole = self.allows(request, (Role.COORDINATOR,), inspection)
        team = team_names(person, inspection, is_whole=is_whole)
        all_doubts = Doubt.objects.visible_to(person).filter(inspection=inspection)
        found = filters.of_doubts(all_doubts.filter(state=filters.state))
        thresholds, form = checks.thresholds_of(survey.pk), form_for(inspection)
        rows, clear = checks_of(inspection, found, filters, thresholds)
        suspicions = inspection.results.get("suspicions", ())
        if not filters.check and rows:
            filters = replace(filters, check=rows[0].check)
        return {
            "inspection": inspection,
            "survey": survey,
            "is_whole": is_whole,
            "filters": filters,
            "people": sorted(inspected_people(inspection, team)),
            "states": [(one.value, one.label) for one in STATES],
            "checks": rows,
            "clear": clear,
            "opened": next((row for row in rows if row.check == filters.check), None),
            "listed": listed(inspection, found, filters, form) if filters.check else None,
            "behind": behind_of(inspection, all_doubts, filters, person, form),
            "histogram": histogram_of(inspection, thresholds) if filters.check in TIMED else None,
            "compared": compared(inspection, filters, team),
            "effect": effect_of(inspection) if is_whole else None,
            "questions": [
                one for one in questions_of(suspicions) if team is None or one.enumerator in team
            ],
        }

    def doubt_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lay a doubt aside with a `reason`, or take that back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        person = person_of(request)
        try:
            if "reopen" in request.POST:
                doubts.reopen(pk, by=person)
                messages.success(request, _("The doubt is open again."))
            else:
                doubts.dismiss(pk, by=person, reason=posted(request, "reason"))
                messages.success(
                    request, _("Dismissed. It stays quiet until there is more evidence.")
                )
        except SurveyError as error:
            messages.error(request, in_words(error))
        return redirect(_back(request))

    def limits_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """From where on a survey doubts something."""
        survey = surveys_for(request, (Role.COORDINATOR,)).filter(pk=pk).first()
        if survey is None:
            raise PermissionDenied
        given = request.POST if request.method == "POST" else None
        faults = self._set_limits(request, survey) if given is not None else ()
        if given is not None and not faults:
            messages.success(request, _("Kept. The checks run again with these limits."))
            return redirect(f"{_address()}?survey={survey.pk}")
        rules = QualityRules.objects.filter(survey=survey).first()
        sends = rules is None or rules.sends_digest
        context = {
            "title": _("Limits of this survey"),
            "survey": survey,
            "groups": list(groups_of(rules, given, faults)),
            "faults": len(faults),
            "sends_digest": "sends_digest" in given if given is not None else sends,
        }
        return self.page(request, f"{TEMPLATES}/limits.html", context)

    def _set_limits(self, request: HttpRequest, survey: Survey) -> tuple[ThresholdFault, ...]:
        return checks.set_limits(
            survey,
            given_in(request.POST),
            by=person_of(request),
            sends_digest="sends_digest" in request.POST,
        )

    def evidence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that is doubted of one interview, for who may decide on it."""
        person = person_of(request)
        rows = decidable_by(person).select_related(
            "questionnaire__survey", "site", "enumerator", "current__version"
        )
        interview = get_object_or_404(rows.defer("current__xml"), pk=pk)
        context = {
            "title": _("Evidence"),
            "interview": interview,
            "here": request.get_full_path(),
            **evidence_of(interview, person),
        }
        return self.page(request, f"{TEMPLATES}/evidence.html", context)


def _address() -> str:
    return reverse("admin:surveys_inspection_changelist")


def _back(request: HttpRequest) -> str:
    """The page that the form was on; an address elsewhere is not gone to."""
    given = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if is_ours and given.startswith("/admin/") else _address()
