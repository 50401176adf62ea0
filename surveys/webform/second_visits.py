"""A back-checker's interviews to visit again, and the way to the questions."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from surveys import second_visits
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.versions import first_url


@require_POST
@person_page
def second_visit(request: PersonRequest, visit_id: int) -> HttpResponse:
    """Begin a second visit, or go on with it."""
    draft = second_visits.begin(request.user, visit_id)
    return redirect(first_url(draft, is_live="live" in request.POST))
