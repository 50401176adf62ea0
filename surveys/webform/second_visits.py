"""A back-checker's interviews to visit again, and the way to the questions."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from surveys import second_visits
from surveys.questionnaires import form_of
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.versions import live_draft_url


@require_POST
@person_page
def second_visit(request: PersonRequest, visit_id: int) -> HttpResponse:
    """Begin a second visit, or go on with it."""
    draft = second_visits.begin(request.user, visit_id)
    if "live" in request.POST:  # a script added it: the live page will run
        language = form_of(draft.version).language_for(get_language() or "")
        return redirect(live_draft_url(draft, language))
    return redirect("section", draft.pk, 1)
