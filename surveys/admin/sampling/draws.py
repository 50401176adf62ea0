"""Samples: drawn after a look at them, read by staff, their sites replaced in order and shared out."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import display

from surveys import assignments, frames, replacements
from surveys.admin.access import (
    DetailAdmin,
    OwnPage,
    ReadOnly,
    chosen_survey,
    key_in,
    keys_in,
    person_of,
    surveys_for,
    with_survey,
)
from surveys.admin.filters import SurveyFilter
from surveys.admin.paging import portion_of
from surveys.admin.sampling import units
from surveys.admin.sampling.design import DesignForm, method_in_words, strata_of, with_seed
from surveys.admin.sampling.parts import lines_of, parts_kept, parts_of
from surveys.admin.sampling.words import ALLOCATIONS, ORDERS, plan_faults_in_words
from surveys.downloads import streamed
from surveys.errors import SurveyError
from surveys.frames import Undrawable
from surveys.models import Assignment, Draw, DrawnUnit, Interview, Site, Survey
from surveys.sampling.plan import Allocation, Order
from surveys.wording import in_words

SHOWN = 100  # units of a page
DRAW_PAGE = "admin:surveys_draw_change"


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
    when_empty = gettext_lazy(
        "A sample is drawn from the sampling frame and becomes sites with their weights. You look at "
        "it before anything is kept."
    )

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

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        if not surveys_for(request, self.editors).exists():
            return None
        address = with_survey(reverse("admin:surveys_draw_new"), request)
        return OwnPage(_("Draw a sample"), address)

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
        survey = chosen_survey(request, surveys)
        if survey is None:
            raise PermissionDenied
        strata = strata_of(survey)
        form = DesignForm(strata, with_seed(request.POST) if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and "keep" in request.POST:
            kept = self._kept(request, survey, form)
            if kept is not None:
                return redirect(DRAW_PAGE, kept.pk)
        found = _looked_at(survey, form) if form.is_bound and form.is_valid() else {}
        context = {
            "title": _("Draw a sample"),
            "survey": survey,
            "surveys": surveys,
            "form": form,
            "strata": strata,
            **found,
        }
        return self.page(request, "admin/surveys/draw/new.html", context)

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
        rows = replacements.in_the_field(draw).select_related("city", "site", "stands_in__replaced")
        page = portion_of(rows.filter(number__gt=after), SHOWN)
        may_change = self.allows(request, self.editors, draw)
        workers = _workers(page.rows) if may_change else {}
        return {
            "title": self.title(draw),
            "draw": draw,
            "method": method_in_words(draw.plan),
            "allocation": ALLOCATIONS[Allocation(draw.plan["allocation"])],
            "order": ORDERS[Order(draw.plan["order"])],
            "parts": parts_kept(draw),
            "units": [(unit, workers.get(unit.site_id or 0, "")) for unit in page.rows],
            "after": after,
            "next": page.last and page.last.number,
            "log": draw.units.filter(replacement__isnull=False)
            .select_related("replacement__by_unit", "replacement__by", "site")
            .order_by("replacement__pk"),
            "may_change": may_change,
            "free": assignments.without_anybody(_sites(draw)).count() if may_change else 0,
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
                done = replacements.replace(draw, unit, reason, by=person_of(request))
                names = {"gone": unit.code, "came": done.by_unit.code}
                messages.success(request, _("%(came)s comes in for %(gone)s.") % names)
                return redirect(DRAW_PAGE, pk)
            following = replacements.next_for(draw, unit)
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect(DRAW_PAGE, pk)
        context = {
            "title": _("Replace %(code)s") % {"code": unit.code},
            "draw": draw,
            "unit": unit,
            "following": following,
            "form": form,
            "interviews": Interview.objects.counted().filter(site=unit.site).count()
            if unit.site
            else 0,
            "is_site": draw.survey.sites.filter(code=following.code).exists(),
        }
        return self.page(request, "admin/surveys/draw/replace.html", context)

    def spread_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Share the sites at which nobody works out among the chosen people."""
        draw = self._draw(request, pk)
        keys = keys_in(request.POST.getlist("person"))
        people = list(assignments.enumerators_of(draw.survey).filter(pk__in=keys))
        if not people:
            messages.error(request, _("Choose the people first."))
            return redirect(DRAW_PAGE, pk)
        count = assignments.spread(draw.survey, _sites(draw), people, by=person_of(request))
        said = ngettext("%(n)s site is assigned.", "%(n)s sites are assigned.", count)
        messages.success(request, said % {"n": count})
        return redirect(DRAW_PAGE, pk)

    def units_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """The sample and its reserve as a file, with the chances that weights are made of."""
        draw = get_object_or_404(self.get_queryset(request), pk=pk)
        name = f"{draw.survey.code}-sample-{draw.number}.csv"
        return streamed(units.lines_of(draw), name)

    def _draw(self, request: HttpRequest, pk: int) -> Draw:
        """A sample of a survey that the person coordinates."""
        draw = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.allows(request, self.editors, draw):
            raise PermissionDenied
        return draw


def _sites(draw: Draw) -> QuerySet[Site]:
    """Where there is to be worked now."""
    return Site.objects.filter(drawn_units__in=replacements.in_the_field(draw))


def _workers(units: Collection[DrawnUnit]) -> dict[int, str]:
    """Who works at the sites of units now, by the key of the site."""
    here = Assignment.objects.filter(site__in={one.site_id for one in units}, is_active=True)
    names: defaultdict[int, list[str]] = defaultdict(list)
    for site, name in here.order_by("pk").values_list("site", "enumerator__username"):
        names[site].append(name)
    return {site: ", ".join(several) for site, several in names.items()}


def _looked_at(survey: Survey, form: DesignForm) -> dict[str, Any]:
    """What a design would draw, for the page, or what stands against it."""
    try:
        proposal = frames.propose(survey, form.design(), form.cleaned_data["seed"])
    except Undrawable as error:
        return {"faults": plan_faults_in_words(error.faults)}
    lines = list(lines_of(proposal))
    return {
        "proposal": proposal,
        "parts": parts_of(proposal),
        "lines": lines[:SHOWN],
        "more": len(lines) - SHOWN,
    }
