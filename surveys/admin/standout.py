"""Before data is given away: who would stand out in it, as a worker has counted, and what would help."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from surveys import jobs, tasks
from surveys.admin.access import SurveyModelAdmin, key_in, person_of, surveys_for
from surveys.audiences import choices_of
from surveys.disclosure.anonymity import Anonymity
from surveys.disclosure.identifiers import tags_of
from surveys.exports import standout
from surveys.models import Audience, Job, Questionnaire, Role
from surveys.questionnaires import form_of
from surveys.xforms.definition import INDIRECT, FormDef
from surveys.xforms.instance import relative

MOST_WAYS = 12
FACTS = {"site": gettext_lazy("Site"), "city": gettext_lazy("City")}
DATES = {
    "day": gettext_lazy("only the day"),
    "week": gettext_lazy("only the week"),
    "month": gettext_lazy("only the month"),
}


class StandoutForm(forms.Form):
    """How many people must look alike, and what nobody should learn of somebody."""

    least = forms.IntegerField(
        label=gettext_lazy("People who look alike, at least"),
        min_value=2,
        max_value=1000,
        initial=standout.LEAST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    sensitive = forms.MultipleChoiceField(
        label=gettext_lazy("What nobody should learn of somebody"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, questionnaire: Questionnaire, form: FormDef, *args: Any) -> None:
        super().__init__(*args)
        field = self.fields["sensitive"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells mypy
        asked = [q for q in form.questions if q.takes_answer and not form.repeat_around(q.path)]
        names = Words(form)
        field.choices = [(relative(q.path), names.of(relative(q.path))) for q in asked]
        known = {key for key, _label in field.choices}
        field.initial = [key for key in standout.sensitive_of(questionnaire) if key in known]


@dataclass(frozen=True)
class Words:
    """Questions and facts as their form words them, in the reader's language."""

    form: FormDef

    def of(self, key: str) -> str:
        if key in FACTS:
            return str(FACTS[key])
        question = self.form.question_at(key)
        if question is None:
            return key
        language = self.form.language_for(get_language() or "")
        return self.form.text(question.labels, language) or question.name

    def way(self, way: str) -> str:
        """What would be done, such as `width 10`."""
        kind, _space, detail = way.partition(" ")
        if kind == "width":
            return _("in bands of %(width)s") % {"width": detail}
        if kind == "decimals":
            return _("with %(decimals)s decimals") % {"decimals": detail}
        return str(DATES[detail]) if kind == "dates" else _("left out")


class Way(NamedTuple):
    question: str
    way: str
    k: str
    at_risk: str
    fewer: str  # at risk than now


class Learned(NamedTuple):
    question: str
    different: str
    at_risk: str


class StandoutAdmin(SurveyModelAdmin):
    """The page "Before you give data away", for coordinators."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("exports/before/", view(self.standout_view), name="surveys_job_standout"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def standout_view(self, request: HttpRequest) -> HttpResponse:
        """The last report of a questionnaire for an audience (GET); ask for a new one (POST)."""
        questionnaires = _coordinated(request)
        chosen = _chosen(request, questionnaires)
        if chosen is None:
            return self._standout(request, {})
        audiences = choices_of(chosen.survey)
        audience = _audience(request, audiences)
        form_def = form_of(chosen.current)  # type: ignore[arg-type] # there is one, as was asked for
        form = StandoutForm(chosen, form_def, request.POST or None)
        if request.method == "POST" and form.is_valid():
            job = standout.request(audience, chosen, person_of(request), **form.cleaned_data)
            tasks.nudge_job(job.pk)
            query = urlencode({"questionnaire": chosen.pk, "audience": audience.pk})
            return redirect(f"{request.path}?{query}")
        context = {
            "questionnaires": questionnaires,
            "questionnaire": chosen,
            "audiences": audiences,
            "audience": audience,
            "form": form,
            "is_untagged": INDIRECT not in tags_of([form_def]).values(),
            "working": _working(audience, chosen),
            **_reported(audience, chosen, Words(form_def)),
        }
        return self._standout(request, context)

    def _standout(self, request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
        titled = {"title": _("Before you give data away"), **context}
        return self.page(request, "admin/surveys/job/standout.html", titled)


def _coordinated(request: HttpRequest) -> QuerySet[Questionnaire]:
    """What is published in the surveys that the person coordinates. Raises PermissionDenied where
    there are none.
    """
    surveys = surveys_for(request, (Role.COORDINATOR,))
    if not surveys.exists():
        raise PermissionDenied
    found = Questionnaire.objects.filter(survey__in=surveys, current__isnull=False)
    return found.select_related("survey", "current").order_by("survey__code", "title")


def _chosen(request: HttpRequest, questionnaires: QuerySet[Questionnaire]) -> Questionnaire | None:
    """The one in the address, else the first; those of other surveys are not found."""
    key = request.GET.get("questionnaire")
    if key is None:
        return questionnaires.first()
    return get_object_or_404(questionnaires, pk=key_in(key))


def _audience(request: HttpRequest, audiences: QuerySet[Audience]) -> Audience:
    """The one in the address, else that of the analysts."""
    key = request.GET.get("audience")
    return audiences[0] if key is None else get_object_or_404(audiences, pk=key_in(key))


def _working(audience: Audience, questionnaire: Questionnaire) -> Job | None:
    """A report that is on its way, or the last one where it failed."""
    same = {"params__audience": audience.pk, "params__questionnaire": questionnaire.pk}
    found = Job.objects.filter(kind=standout.KIND, survey=audience.survey_id, **same)
    job = found.order_by("-pk").first()
    return job if job and job.state in (*jobs.UNFINISHED, Job.State.FAILED) else None


def _reported(audience: Audience, questionnaire: Questionnaire, words: Words) -> dict[str, Any]:
    report = standout.latest(audience, questionnaire)
    if report is None:
        return {}
    results = report.results
    found = Anonymity(*(results[name] for name in Anonymity._fields))
    return {
        "report": report,
        "results": results,
        **{name: f"{number:,}" for name, number in found._asdict().items()},
        "is_current": standout.is_current(report),
        "share": f"{found.share:.1%}" if found.people else "–",
        "found_by": [words.of(key) for key in results["found_by"]],
        "withheld": [words.of(key) for key in results["withheld"]],
        "ways": [_way(gain, results, words) for gain in results["gains"][:MOST_WAYS]],
        "learned": [
            Learned(words.of(one["key"]), f"{one['l']:,}", f"{one['at_risk']:,}")
            for one in results["learned"]
        ],
    }


def _way(gain: Mapping[str, Any], results: Mapping[str, Any], words: Words) -> Way:
    return Way(
        question=words.of(gain["key"]),
        way=words.way(gain["way"]),
        k=f"{gain['k']:,}",
        at_risk=f"{gain['at_risk']:,}",
        fewer=f"{results['at_risk'] - gain['at_risk']:,}",
    )
