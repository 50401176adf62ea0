"""Samples: drawn after a look at them, read by staff, their sites replaced in order and shared out."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import display

from surveys import assignments, frames
from surveys.admin.access import (
    DetailAdmin,
    ReadOnly,
    key_in,
    person_of,
    survey_in,
    surveys_for,
    with_survey,
)
from surveys.admin.draw_form import DesignForm, method_in_words, strata_of, with_seed
from surveys.admin.filters import SurveyFilter
from surveys.admin.frame_words import ALLOCATIONS, ORDERS, plan_faults_in_words
from surveys.errors import SurveyError
from surveys.exports.csv import BOM, guarded
from surveys.frames import Proposal, Undrawable
from surveys.models import Draw, DrawnUnit, Interview, Site, Survey
from surveys.sampling.draws import StratumDraw
from surveys.sampling.plan import Allocation, Order
from surveys.wording import in_words

SHOWN = 100  # units of a page
COLUMNS = (
    "number", "code", "name", "stratum", "psu", "city", "size", "part", "order", "probability",
    "design_weight", "site", "replaced_by", "stands_in_for", "reason",
)  # fmt: skip
DRAW_PAGE = "admin:surveys_draw_change"


@dataclass(frozen=True)
class Part:
    """A stratum of a sample: what was drawn of how many, with which chances and weights.

    One interview at each site `stands_for` about all that there is.
    """

    name: str
    population: int
    drawn: int
    reserve: int
    lowest_chance: float
    highest_chance: float
    lowest_weight: float
    highest_weight: float
    stands_for: float


@dataclass(frozen=True)
class Line:
    """A unit that would be drawn."""

    unit: Any
    place: int
    probability: float
    weight: float
    is_site: bool


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it cannot be done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as: demolished in May. It is kept with the sample."),
    )


@admin.register(Draw)
class DrawAdmin(ReadOnly, DetailAdmin):
    list_display = ("title", "survey", "method", "sites", "replaced", "by", "made_at")
    list_display_links = ("title",)
    list_select_related = ("survey", "by")
    list_filter = (SurveyFilter,)
    ordering = ("-pk",)
    fields = readonly_fields = ("number",)  # the template shows the rest
    change_list_template = "admin/surveys/change_list.html"
    change_form_template = "admin/surveys/draw/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Draw]:
        rows: QuerySet[Draw] = super().get_queryset(request)
        return rows.select_related("survey", "by").annotate(
            drawn=Count("units", filter=Q(units__is_reserve=False)),
            gone=Count("units__replacement"),
        )

    @display(description=gettext_lazy("sample"), ordering="number")
    def title(self, draw: Draw) -> str:
        return _("Sample %(number)s") % {"number": draw.number}

    @display(description=gettext_lazy("method"))
    def method(self, draw: Draw) -> str:
        return method_in_words(draw.plan)

    @display(description=gettext_lazy("sites"), ordering="drawn")
    def sites(self, draw: Any) -> str:
        return f"{draw.drawn:,}"

    @display(description=gettext_lazy("replaced"), ordering="gone")
    def replaced(self, draw: Any) -> str:
        return f"{draw.gone:,}" if draw.gone else "–"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to the page that draws for who may."""
        address = with_survey(reverse("admin:surveys_draw_new"), request)
        own_page = {"title": _("Draw a sample"), "address": address}
        may = surveys_for(request, self.editors).exists()
        context = {**(extra_context or {}), **({"own_page": own_page} if may else {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        view, start = self.admin_site.admin_view, "surveys_draw"
        own = [
            path("new/", view(self.new_view), name=f"{start}_new"),
            path("<int:pk>/units.csv", view(self.units_view), name=f"{start}_units"),
            path(
                "<int:pk>/replace/<int:number>/", view(self.replace_view), name=f"{start}_replace"
            ),
            path("<int:pk>/spread/", view(require_POST(self.spread_view)), name=f"{start}_spread"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """A design, what it would draw, and the button that draws it."""
        surveys = surveys_for(request, self.editors)
        key = survey_in(request)
        survey = get_object_or_404(surveys, pk=key) if key is not None else surveys.first()
        if survey is None:
            raise PermissionDenied
        strata = strata_of(survey)
        form = DesignForm(strata, with_seed(request.POST) if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and "keep" in request.POST:
            kept = self._kept(request, survey, form)
            if kept is not None:
                return redirect(DRAW_PAGE, kept.pk)
        found = _looked_at(survey, form) if form.is_bound and form.is_valid() else {}
        context = {"survey": survey, "surveys": surveys, "form": form, "strata": strata, **found}
        return self._page(request, "new", _("Draw a sample"), context)

    def _kept(self, request: HttpRequest, survey: Survey, form: DesignForm) -> Draw | None:
        """The sample, or None where something stands against it, which is said."""
        try:
            kept = frames.keep(
                survey,
                form.design(),
                form.cleaned_data["seed"],
                seen=request.POST["keep"],
                by=person_of(request),
                is_seed_given=form.is_seed_given,
                takes_over=form.cleaned_data["takes_over"],
            )
        except Undrawable:
            return None  # the page says why
        except SurveyError as error:
            messages.error(request, in_words(error))
            return None
        count = kept.units.filter(is_reserve=False).count()
        said = ngettext(
            "The sample is drawn, and %(n)s site is there.",
            "The sample is drawn, and %(n)s sites are there.",
            count,
        )
        messages.success(request, said % {"n": count})
        return kept

    def detail(self, request: HttpRequest, draw: Draw, /) -> dict[str, Any]:
        after = key_in(request.GET.get("after")) or 0
        rows = frames.in_the_field(draw).select_related("city", "site", "stands_in__replaced")
        page = list(rows.filter(number__gt=after)[: SHOWN + 1])
        may_change = self.allows(request, self.editors, draw)
        sites = Site.objects.filter(drawn_units__in=frames.in_the_field(draw))
        return {
            "title": self.title(draw),
            "draw": draw,
            "method": method_in_words(draw.plan),
            "allocation": ALLOCATIONS[Allocation(draw.plan["allocation"])],
            "order": ORDERS[Order(draw.plan["order"])],
            "parts": _parts_kept(draw),
            "units": page[:SHOWN],
            "after": after,
            "next": page[SHOWN - 1].number if len(page) > SHOWN else None,
            "log": draw.units.filter(replacement__isnull=False)
            .select_related("replacement__by_unit", "replacement__by", "site")
            .order_by("replacement__pk"),
            "may_change": may_change,
            "free": assignments.without_anybody(sites).count() if may_change else 0,
            "people": assignments.enumerators_of(draw.survey) if may_change else (),
        }

    def replace_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Who would come in for a unit, and the reason that lets them."""
        draw = self._draw(request, pk)
        unit = get_object_or_404(draw.units.select_related("city", "site"), number=number)
        form = ReasonForm(request.POST or None)
        try:
            if request.method == "POST" and form.is_valid():
                reason = form.cleaned_data["reason"]
                done = frames.replace(draw, unit, reason, by=person_of(request))
                names = {"gone": unit.code, "came": done.by_unit.code}
                messages.success(request, _("%(came)s comes in for %(gone)s.") % names)
                return redirect(DRAW_PAGE, pk)
            following = frames.next_for(draw, unit)
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect(DRAW_PAGE, pk)
        context = {
            "draw": draw,
            "unit": unit,
            "following": following,
            "form": form,
            "interviews": Interview.objects.counted().filter(site=unit.site).count()
            if unit.site
            else 0,
            "is_site": draw.survey.sites.filter(code=following.code).exists(),
        }
        return self._page(request, "replace", _("Replace %(code)s") % {"code": unit.code}, context)

    def spread_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Share the sites at which nobody works out among the chosen people."""
        draw = self._draw(request, pk)
        keys = [int(key) for key in request.POST.getlist("person") if key_in(key)]
        people = list(assignments.enumerators_of(draw.survey).filter(pk__in=keys))
        if not people:
            messages.error(request, _("Choose the people first."))
            return redirect(DRAW_PAGE, pk)
        sites = Site.objects.filter(drawn_units__in=frames.in_the_field(draw))
        count = assignments.spread(draw.survey, sites, people, by=person_of(request))
        said = ngettext("%(n)s site is assigned.", "%(n)s sites are assigned.", count)
        messages.success(request, said % {"n": count})
        return redirect(DRAW_PAGE, pk)

    def units_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """The sample and its reserve as a file, with the chances that weights are made of."""
        draw = get_object_or_404(self.get_queryset(request), pk=pk)
        name = f"{draw.survey.code}-sample-{draw.number}.csv"
        return StreamingHttpResponse(
            _file(draw),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _draw(self, request: HttpRequest, pk: int) -> Draw:
        """A sample of a survey that the person coordinates."""
        draw = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.allows(request, self.editors, draw):
            raise PermissionDenied
        return draw

    def _page(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any]
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        page = f"admin/surveys/draw/{template}.html"
        return TemplateResponse(request, page, {**shared, **context})


def _looked_at(survey: Survey, form: DesignForm) -> dict[str, Any]:
    """What a design would draw, for the page, or what stands against it."""
    try:
        proposal = frames.propose(survey, form.design(), form.cleaned_data["seed"])
    except Undrawable as error:
        return {"faults": plan_faults_in_words(error.faults)}
    lines = list(_lines(proposal))
    return {
        "proposal": proposal,
        "parts": [_part(stratum, proposal) for stratum in proposal.drawn.strata],
        "lines": lines[:SHOWN],
        "more": len(lines) - SHOWN,
    }


def _lines(proposal: Proposal) -> Iterator[Line]:
    there = {site.code for site in proposal.sites}
    for one in proposal.drawn.selected:
        weight = proposal.design.weight(one)
        yield Line(one.unit, one.place, one.probability, weight, one.unit.code in there)


def _part(stratum: StratumDraw, proposal: Proposal) -> Part:
    chances = [one.probability for one in stratum.selected]
    weights = [proposal.design.weight(one) for one in stratum.selected]
    return Part(
        stratum.name,
        stratum.population,
        len(stratum.selected),
        len(stratum.replacements),
        min(chances),
        max(chances),
        min(weights),
        max(weights),
        sum(weights),
    )


def _parts_kept(draw: Draw) -> list[Part]:
    """As `_part` of a sample that was drawn, counted by the database."""
    drawn = Q(is_reserve=False)
    rows = draw.units.order_by().values_list("stratum")
    counted = rows.annotate(
        n=Count("pk", filter=drawn),
        reserve=Count("pk", filter=~drawn),
        lowest=Min("probability", filter=drawn),
        highest=Max("probability", filter=drawn),
        lightest=Min("weight", filter=drawn),
        heaviest=Max("weight", filter=drawn),
        total=Sum("weight", filter=drawn),
    )
    return sorted(
        (Part(name, draw.strata[name]["population"], *rest) for name, *rest in counted),
        key=lambda part: part.name,
    )


class _Echo:
    """A file whose lines are handed on instead of kept."""

    def write(self, line: str) -> str:
        return line


def _file(draw: Draw) -> Iterable[str]:
    writer = csv.writer(_Echo())
    yield BOM
    yield writer.writerow(COLUMNS)
    rows = draw.units.select_related(
        "city", "site", "replacement__by_unit", "stands_in__replaced"
    ).order_by("number")
    for unit in rows.iterator(chunk_size=1_000):
        yield writer.writerow([guarded(cell) for cell in _cells(unit)])


def _cells(unit: DrawnUnit) -> list[str]:
    gone, came = getattr(unit, "replacement", None), getattr(unit, "stands_in", None)
    return [
        str(unit.number),
        unit.code,
        unit.name,
        unit.stratum,
        unit.psu or unit.code,
        unit.city.code if unit.city else "",
        "" if unit.size is None else f"{unit.size:.15g}",
        "reserve" if unit.is_reserve else "sample",
        str(unit.place),
        repr(unit.probability),
        repr(unit.weight),
        unit.site.code if unit.site else "",
        gone.by_unit.code if gone else "",
        came.replaced.code if came else "",
        gone.reason if gone else came.reason if came else "",
    ]
