"""What is answered where a page cannot be: nothing is there, somebody has to act, or something broke."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found, server_error
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as NoAnswer

from config.security import API
from surveys.api.problems import code_of, not_there, problem
from surveys.errors import SurveyError
from surveys.wording import in_words

RETRY_AFTER_S = "5"
# The first also of a statement that took too long, or a lock.
AWAY = (OperationalError, InterfaceError, NoConnection, NoAnswer)


def nowhere(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No address, or nothing at it: programs are told as they are told everything."""
    if is_by_program(request):
        return problem(HTTPStatus.NOT_FOUND, not_there(request), "not_found")
    return page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Django asks while it handles what no view did: an error that somebody can act on is told as its
    sentence, a database or Redis that does not answer as a reason to come again.
    """
    error = sys.exception()
    if isinstance(error, SurveyError):
        return _told(request, error.status, in_words(error), code_of(error))
    if isinstance(error, AWAY):
        sentence = _(
            "The server cannot read or store anything at the moment. Go back and try again in a minute."
        )
        response = _told(request, HTTPStatus.SERVICE_UNAVAILABLE, sentence, "unavailable")
        response["Retry-After"] = RETRY_AFTER_S
        return response
    if is_by_program(request):
        sentence = _("Something broke on the server.")
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence, "broken")
    return server_error(request)


def is_by_program(request: HttpRequest) -> bool:
    return request.path.startswith(API)


def _told(request: HttpRequest, status: int, sentence: str, code: str) -> HttpResponse:
    """Without what templates usually know of a request: the database may be asked for it."""
    if is_by_program(request):
        return problem(status, sentence, code)
    page = render_to_string("surveys/error.html", {"sentence": sentence})
    return HttpResponse(page, status=status)
