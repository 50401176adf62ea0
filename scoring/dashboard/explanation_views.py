"""The pages that say how numbers came about: one number, or all of a group to choose from."""

from collections.abc import Mapping
from datetime import date

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from scoring.dashboard.explanation import ExplanationPage, explanation_page
from scoring.dashboard.explanation_change import Since, yesterday
from scoring.dashboard.explanation_list import number_list
from scoring.dashboard.instead import Shown, instead
from scoring.dashboard.selection import Selection, select
from scoring.explanations import UnknownNumber
from scoring.maths.cells import ALL
from scoring.maths.cells import Cell as CellKey
from scoring.models import EstimateSet, Scheme


@require_GET
def explain(request: HttpRequest) -> HttpResponse:
    """The page of one number; without `variable` the list of all of a group."""
    params = request.GET.dict()
    selection = select(request.user, params)
    if selection.made is None:
        raise Http404(_("There are no numbers yet."))
    made = selection.made
    context = {**admin.site.each_context(request), "selection": selection}
    shown: dict[str, Shown | None] = {"scheme": Shown.of_scheme(made.scheme)}
    if not params.get("variable"):
        numbers = number_list(made, selection.look.people)
        shown["people"] = Shown.of_group(numbers.group)
        context |= {"title": _("All numbers"), "page": numbers, "instead": instead(params, shown)}
        return TemplateResponse(request, "scoring/explain_list.html", context)
    then = _scheme_then(selection, params)
    shown["then"] = Shown.of_scheme(then or made.scheme)
    page = _page(made, params, then)
    context |= {
        "title": page.title,
        "page": page,
        "params": params,
        "instead": instead(params, shown),
    }
    return TemplateResponse(request, "scoring/explain.html", context)


def _scheme_then(selection: Selection, params: Mapping[str, str]) -> Scheme | None:
    """The scheme by which people were judged then, where it was chosen."""
    return next((each for each in selection.schemes if each.name == params.get("then")), None)


def _page(made: EstimateSet, params: Mapping[str, str], then: Scheme | None) -> ExplanationPage:
    """The page of the number that the parameters name. Raises Http404 where there is none."""
    key = CellKey(params.get("by") or ALL, params.get("level") or ALL, params["variable"])
    try:
        return explanation_page(made, key, Since(_day(params.get("since", "")), then))
    except UnknownNumber as error:
        raise Http404(_(error.message) % error.params) from error


def _day(text: str) -> date:
    """The day that was chosen; yesterday for none, and for one that has not ended."""
    try:
        chosen = parse_date(text)
    except ValueError:
        chosen = None
    return min(chosen or yesterday(), yesterday())
