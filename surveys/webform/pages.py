"""What every page of an enumerator has in common: who may see it, and what it says on errors."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from surveys.draft_keys import KeyClosed
from surveys.errors import SurveyError
from surveys.models import User
from surveys.webform.accounts import ask_to_sign_in, remember_account
from surveys.webform.conversation import AlreadySent
from surveys.webform.keys import bring_key
from surveys.wording import in_words

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def person_page(
    view: Callable[Concatenate[PersonRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for people who signed in, which turns expected errors into sentences."""

    @wraps(view)
    def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        bring_key(request)
        return remember_account(request, answered(cast(PersonRequest, request), *args, **kwargs))

    def answered(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except AlreadySent as sent:
            return redirect("receipt", sent.submission.pk)
        except KeyClosed:
            return ask_to_sign_in(request)
        except SurveyError as error:
            return error_page(request, error)

    return shown


def error_page(request: HttpRequest, error: SurveyError) -> HttpResponse:
    """The sentence of an expected error, with its status and a way on."""
    context = {"sentence": in_words(error)}
    return render(request, "surveys/error.html", context, status=error.status)
