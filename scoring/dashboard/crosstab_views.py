"""The page of tables, and a table as a file."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from scoring import crosstabs, divisions
from scoring.dashboard.crosstab import crosstab_page
from scoring.dashboard.crosstab_look import Look
from scoring.dashboard.crosstab_table import csv_header, csv_rows
from scoring.dashboard.crosstab_words import Words
from scoring.dashboard.instead import Shown, instead
from scoring.dashboard.selection import Selection, select
from scoring.tables import NoSuchTable
from surveys.admin.access import person_of
from surveys.downloads import streamed
from surveys.exports.csv import csv_lines
from surveys.tasks import nudge_job
from surveys.wording import in_words


@require_http_methods(["GET", "POST"])
def crosstab(request: HttpRequest) -> HttpResponse:
    """The table that is chosen (GET); of a large wave it is asked for (POST) and comes by itself."""
    params = (request.POST if request.method == "POST" else request.GET).dict()
    selection = select(request.user, params)
    if request.method == "POST":
        return _asked_for(request, selection, params)
    page = crosstab_page(selection.made, params) if selection.made else None
    shown = {
        "scheme": Shown.of_scheme(selection.scheme) if selection.scheme else None,
        "wave": Shown.of_wave(selection.made.wave) if selection.made else None,
    }
    context = {
        **admin.site.each_context(request),
        "title": _("Cross-tabulation"),
        "selection": selection,
        "page": page,
        "instead": instead(params, shown),
    }
    status = 422 if page and page.refusal else 200
    return TemplateResponse(request, "scoring/crosstab/page.html", context, status=status)


def _asked_for(request: HttpRequest, selection: Selection, params: dict[str, str]) -> HttpResponse:
    if selection.made is None:
        raise Http404
    catalogue = divisions.catalogue_of(selection.made.scheme)
    look = Look.of(params, catalogue)
    address = f"{reverse('dashboard-crosstab')}?{selection.query}&{look.address}"
    try:
        job = crosstabs.request(selection.made, look.asked, catalogue, person_of(request))
    except NoSuchTable:
        return redirect(address)  # which says why
    nudge_job(job.pk)
    return redirect(address)


@require_GET
def crosstab_file(request: HttpRequest) -> StreamingHttpResponse:
    """The table of the same address as CSV. Raises Http404 where there is none yet."""
    selection = select(request.user, request.GET.dict())
    if selection.made is None or selection.survey is None:
        raise Http404
    catalogue = divisions.catalogue_of(selection.made.scheme)
    look = Look.of(request.GET.dict(), catalogue)
    try:
        table = crosstabs.find(selection.made, look.asked, catalogue).table
    except NoSuchTable as error:
        raise Http404(in_words(error)) from error
    if table is None:
        raise Http404
    rows = csv_rows(table, look, Words.of(selection.made.scheme, catalogue))
    name = f"{selection.survey.code}_{look.rows}_{look.columns}_{look.people or 'everyone'}.csv"
    return streamed(csv_lines(csv_header(table), rows), name.replace("=", "-"))
