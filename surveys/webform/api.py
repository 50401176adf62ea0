"""What the scripts of the live page ask for has in common: who may ask, and what errors say."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from surveys import copies
from surveys.errors import SurveyError
from surveys.models import Draft
from surveys.webform.accounts import is_anothers
from surveys.webform.conversation import AlreadySent
from surveys.webform.keys import bring_key
from surveys.webform.pages import PersonRequest
from surveys.wording import in_words

P = ParamSpec("P")
GONE = 410


def person_api(
    view: Callable[Concatenate[PersonRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For scripts of people who signed in; every expected error is a sentence in JSON."""

    @never_cache
    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return message(_("You were signed out. Sign in again."), 401)
        if is_anothers(request):
            return message(_("Somebody else is signed in here now. Sign in again."), 401)
        bring_key(request)
        try:
            return view(cast(PersonRequest, request), *args, **kwargs)
        except AlreadySent as sent:
            receipt = reverse("receipt", args=(sent.submission.pk,))
            return message(_("This interview is sent already."), GONE, url=receipt)
        except Http404:
            return message(_("This interview is not here. It may have been discarded."), 404)
        except SurveyError as error:
            return message(in_words(error), error.status)

    return answered


def require_kept(request: PersonRequest, draft: Draft) -> None:
    """Whether a phone that keeps the draft itself may copy it here. Raises NotKept."""
    if "X-Account" in request.headers:  # other pages have nothing but the server
        copies.require_kept(draft.site.survey)


def message(sentence: str, status: int, **more: object) -> JsonResponse:
    return JsonResponse({"message": sentence, **more}, status=status)


def wants_json(request: HttpRequest) -> bool:
    """Whether it is a script that asks."""
    return request.headers.get("Accept", "").startswith("application/json")
