"""Back-checks: set up by coordinators; what second visits found, read by them and by team leaders."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from surveys.admin.access import (
    ReadOnly,
    SurveyModelAdmin,
    key_in,
    keys_in,
    person_of,
    survey_in,
    surveys_for,
)
from surveys.admin.backchecks.design import DesignForm, Rule, lost_in, rules_in, sections_of, types
from surveys.admin.backchecks.differences import listed
from surveys.admin.backchecks.lines import lines_of
from surveys.admin.backchecks.tables import shown
from surveys.admin.backchecks.words import wording_of
from surveys.backchecks import draw, setup
from surveys.downloads import streamed
from surveys.errors import SurveyError
from surveys.memberships import PEOPLE_READERS
from surveys.models import BackCheck, Questionnaire, SecondVisit, User
from surveys.models.backcheck import SecondVisitQuerySet
from surveys.questionnaires import form_of
from surveys.wording import in_words
from surveys.xforms.definition import FormDef

PAGE = "admin:surveys_backcheck_change"
TEMPLATES = "admin/surveys/backchecks"


@admin.register(BackCheck)
class BackCheckAdmin(ReadOnly, SurveyModelAdmin):
    """Analysts see none: there are names in all of it."""

    survey_path = "questionnaire.survey_id"
    readers = PEOPLE_READERS

    def get_urls(self) -> list[URLPattern]:
        view, start = self.admin_site.admin_view, "surveys_backcheck"
        return [
            path("", view(self.list_view), name=f"{start}_changelist"),
            path("new/", view(self.new_view), name=f"{start}_new"),
            path("<int:pk>/", view(self.results_view), name=f"{start}_change"),
            path("<int:pk>/comparisons.csv", view(self.lines_view), name=f"{start}_lines"),
            path("<int:pk>/draw/", require_POST(view(self.draw_view)), name=f"{start}_draw"),
            path("<int:pk>/people/", require_POST(view(self.people_view)), name=f"{start}_people"),
            path("<int:pk>/switch/", require_POST(view(self.switch_view)), name=f"{start}_switch"),
        ]

    def list_view(self, request: HttpRequest) -> HttpResponse:
        """The back-checks with how far they are, of the survey in the address where it names one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows, survey = self.get_queryset(request), survey_in(request)
        found = rows.filter(questionnaire__survey=survey) if survey else rows
        seen = SecondVisit.objects.visible_to(request.user)
        done = Q(visits__in=seen.done().values("pk"))
        context = {
            "title": _("Back-checks"),
            "backchecks": found.select_related("questionnaire__survey", "wave__survey").annotate(
                drawn=Count("visits", filter=Q(visits__in=seen.values("pk"))),
                done=Count("visits", filter=done),
            ),
            "may_add": surveys_for(request, self.editors).exists(),
        }
        return self.page(request, f"{TEMPLATES}/list.html", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """The questions to choose, what they make, and the button that sets it up."""
        offered = self._offered(request)
        key = key_in(request.GET.get("questionnaire"))
        chosen = next((one for one in offered if key in (None, one.pk)), None)
        if chosen is None:
            if not surveys_for(request, self.editors).exists() or key is not None:
                raise PermissionDenied
            return self._new_page(request, {})
        posted = request.POST if request.method == "POST" else None
        design, form = DesignForm(chosen.survey, posted), _form(chosen)
        rules = None if posted is None else rules_in(posted, form)
        if rules is not None and "keep" in request.POST and design.is_valid():
            kept = self._kept(request, chosen, design, rules)
            if kept is not None:
                return redirect(PAGE, kept.pk)
        shown = {"questionnaire": chosen, "offered": offered, "form": design}
        return self._new_page(request, {**shown, **_asked(chosen, form, rules)})

    def _new_page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        whole = {"title": _("Set up a back-check"), **context}
        return self.page(request, f"{TEMPLATES}/new.html", whole)

    def _offered(self, request: HttpRequest) -> list[Questionnaire]:
        """What can be asked again, of the surveys that the person runs."""
        rows = Questionnaire.objects.main().filter(
            survey__in=surveys_for(request, self.editors), current__isnull=False
        )
        survey = survey_in(request)
        rows = rows.filter(survey=survey) if survey else rows
        related = rows.select_related("survey", "current")
        heavy = ("xml", "definition", "workbook")
        return list(related.defer(*(f"current__{name}" for name in heavy)))

    def _kept(
        self,
        request: HttpRequest,
        questionnaire: Questionnaire,
        design: DesignForm,
        rules: Sequence[Rule],
    ) -> BackCheck | None:
        """None where something stands against it, which is said."""
        if any(rule.fault for rule in rules):
            return None
        try:
            kept = setup.begin(
                questionnaire,
                design.design([rule.question for rule in rules]),
                list(design.cleaned_data["checkers"]),
                by=person_of(request),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
            return None
        messages.success(
            request, _("The back-check is set up. Draw now, or wait for the next hour.")
        )
        return kept

    def results_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        backcheck = self._backcheck(request, pk)
        is_whole = self.allows(request, self.editors, backcheck)
        visits, wording = self._visits(request, backcheck), wording_of(backcheck)
        if wording is None:
            raise PermissionDenied
        after = key_in(request.GET.get("after"))
        context = {
            "title": _("Back-check: %(name)s") % {"name": backcheck.questionnaire.title},
            "backcheck": backcheck,
            "is_whole": is_whole,
            "after": after,
            "differences": listed(backcheck, visits, wording, after),
            **shown(backcheck, visits, wording),
        }
        if is_whole:
            context |= _people(backcheck)
        return self.page(request, f"{TEMPLATES}/results.html", context)

    def lines_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        backcheck = self._backcheck(request, pk)
        wording = wording_of(backcheck)
        if wording is None:
            raise PermissionDenied
        name = f"{backcheck.questionnaire.survey.code}-back-check-{backcheck.pk}.csv"
        return streamed(lines_of(backcheck, self._visits(request, backcheck), wording), name)

    def draw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Draw now; with `fills` up to the least number of everybody."""
        backcheck = self._backcheck(request, pk, edits=True)
        done = draw.draw(backcheck.pk, fills="fills" in request.POST)
        said = ngettext("%(n)s interview was drawn.", "%(n)s interviews were drawn.", done.drawn)
        messages.success(request, said % {"n": done.drawn})
        if done.alone:
            said = ngettext(
                "Nobody can visit %(n)s of them: choose more people.",
                "Nobody can visit %(n)s of them: choose more people.",
                done.alone,
            )
            messages.warning(request, said % {"n": done.alone})
        return redirect(PAGE, pk)

    def people_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let others visit again."""
        backcheck = self._backcheck(request, pk, edits=True)
        keys = keys_in(request.POST.getlist("checkers"))
        try:
            setup.set_checkers(backcheck, list(User.objects.filter(pk__in=keys)))
            messages.success(request, _("Kept. What was waiting for somebody else was passed on."))
        except SurveyError as error:
            messages.error(request, in_words(error))
        return redirect(PAGE, pk)

    def switch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End the draw, or go on with it."""
        backcheck = self._backcheck(request, pk, edits=True)
        setup.switch(backcheck, is_on="on" in request.POST)
        return redirect(PAGE, pk)

    def _visits(self, request: HttpRequest, backcheck: BackCheck) -> SecondVisitQuerySet:
        """Those that the person may see."""
        return SecondVisit.objects.visible_to(request.user).filter(backcheck=backcheck)

    def _backcheck(self, request: HttpRequest, pk: int, *, edits: bool = False) -> BackCheck:
        rows = self.get_queryset(request).select_related(
            "questionnaire__survey", "wave__survey", "short__current", "made_by"
        )
        found: BackCheck = get_object_or_404(rows, pk=pk)
        if edits and not self.allows(request, self.editors, found):
            raise PermissionDenied
        return found


def _people(backcheck: BackCheck) -> dict[str, Any]:
    """Who may visit again, and who does."""
    return {
        "people": setup.possible_checkers(backcheck.questionnaire.survey),
        "chosen": set(backcheck.checkers.values_list("pk", flat=True)),
        "alone": backcheck.visits.filter(visit=None, checker=None).count(),
    }


def _form(questionnaire: Questionnaire) -> FormDef:
    version = questionnaire.current
    assert version is not None  # noqa: S101 - only such are offered
    return form_of(version)


def _asked(
    questionnaire: Questionnaire, form: FormDef, rules: Sequence[Rule] | None
) -> dict[str, Any]:
    """The questions to choose, and what those that were chosen make, once they were looked at."""
    places = {rule.question.place for rule in rules or ()}
    context: dict[str, Any] = {"sections": sections_of(form, places), "types": types()}
    if rules is None:
        return context
    context["rules"] = rules
    try:
        short = setup.look(questionnaire, places)
        context["lost"] = list(lost_in(short.lost, form))
    except SurveyError as error:
        context["refused"] = in_words(error)
    return context
