"""The first page of the admin, and the same numbers again for a page that is open."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from scoring.dashboard.drawn import Drawn, data_of, drawn, files_of
from scoring.dashboard.instead import Shown, instead
from scoring.dashboard.progress import Fieldwork, fieldwork_of
from scoring.dashboard.selection import Selection, recipe_of, select
from scoring.dashboard.tables import csv_answer
from scoring.dashboard.watched import note
from surveys.admin.access import last_survey, note_survey
from surveys.admin.quality.alerts import alerts_of
from surveys.admin.setup import Task, tasks_of
from surveys.models import Role, Survey, User
from surveys.models.survey import STAFF_ROLES


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the admin's index template shows besides the admin's own."""
    selection = _selected(request)
    note(selection)
    shown = _shown(request, selection, drawn(selection))
    return {**context, **shown, "title": _("Dashboard")}


def _selected(request: HttpRequest) -> Selection:
    """As the address says; without a survey in it, of the one that was chosen last on any page."""
    given = request.GET.dict()
    if not given.get("survey"):
        surveys = Survey.objects.with_role(request.user, *STAFF_ROLES)
        last = last_survey(request, surveys)
        return select(request.user, {**given, "survey": last.code} if last else given)
    selection = select(request.user, given)
    if selection.survey is not None:
        note_survey(request, selection.survey)
    return selection


def _shown(request: HttpRequest, selection: Selection, found: Drawn | None) -> dict[str, Any]:
    """What the page is made from, whether it is opened or kept up to date."""
    page = found.page if found else None
    shown = {
        "scheme": Shown.of_scheme(selection.scheme) if selection.scheme else None,
        "people": Shown.of_group(page.group) if page else None,
        "wave": Shown.of_wave(selection.made.wave) if selection.made else None,
        "k": Shown(page.threshold.title, page.threshold.title) if page else None,
    }
    may_publish = _may_publish(request, selection.survey)
    return {
        "selection": selection,
        "drawn": found,
        "may_publish": may_publish,
        "tasks": _tasks(selection.survey) if may_publish and not page else (),
        "alerts": alerts_of(selection.survey) if may_publish and selection.survey else None,
        "page": page,
        "fieldwork": _fieldwork(request, selection),
        "instead": instead(request.GET.dict(), shown),
    }


def _tasks(survey: Survey | None) -> Sequence[Task]:
    """What is to be done before the fieldwork, where something is."""
    tasks = tasks_of(survey) if survey else ()
    return () if all(task.step.is_done for task in tasks) else tasks


def _may_publish(request: HttpRequest, survey: Survey | None) -> bool:
    """Whether the person switches the survey's public page on and off."""
    user = request.user
    if survey is None or not isinstance(user, User):
        return False
    return user.is_superuser or (survey.pk, Role.COORDINATOR) in user.roles


@require_GET
def table(request: HttpRequest, what: str) -> HttpResponse:
    """A table of the page as CSV, with what is hidden on the page hidden."""
    recipe = recipe_of(select(request.user, request.GET.dict()))
    if recipe is None:
        raise Http404
    page = recipe.page()
    return csv_answer(page, what, files_of(recipe, page))


def _fieldwork(request: HttpRequest, selection: Selection) -> Fieldwork | None:
    """What is shown of a survey whose interviews nothing judges."""
    if selection.survey is None or selection.scheme is not None:
        return None
    return fieldwork_of(selection.survey, request.user)


@require_GET
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """The page as data and as HTML; 204 while it is the one stamped `since`."""
    if not admin.site.has_permission(request):
        return JsonResponse({"error": "sign in"}, status=403)
    selection = select(request.user, request.GET.dict())
    note(selection)
    if request.GET.get("since") == selection.stamp:
        return HttpResponse(status=204)
    found = drawn(selection)
    context = _shown(request, selection, found)
    return JsonResponse(
        {
            "stamp": selection.stamp,
            "computed_at": selection.made and selection.made.computed_at,
            "page": data_of(found.page) if found else None,
            "html": render_to_string("scoring/dashboard/content.html", context, request),
        }
    )
