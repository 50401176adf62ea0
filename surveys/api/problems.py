"""What goes wrong, as problem details (RFC 9457) in the language of whoever asks."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from surveys.api.access import TooManyRequests
from surveys.errors import SurveyError
from surveys.wording import in_words

TYPE = "application/problem+json"


Handler: TypeAlias = Callable[[HttpRequest, Any], HttpResponse]


class Problem(Schema):
    """What every refusal says; `errors` only where the request is malformed."""

    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]] = []


ANSWERS = {  # of every operation, beside its own
    400: "A parameter or a value that is not known",
    401: "No valid token",
    403: "Not for this token or its person",
    404: "Not there, or not for this person to see",
    415: "What came along does not say that it is JSON",
    422: "Not of the form that is described here",
    429: "Asked too often; `Retry-After` says when again",
}


def tell_problems(document: dict[str, Any]) -> None:
    """Add to the description of an API what it refuses, and how."""
    document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    content = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in document["paths"].values():
        for operation in methods.values():
            answers = operation["responses"]
            for status, description in ANSWERS.items():
                answers.setdefault(status, {"description": description, "content": content})


def answer_with_problems(api: NinjaAPI) -> None:
    """Let every error that a caller can cause become a problem."""
    handlers: dict[type[Exception], Handler] = {
        SurveyError: _expected,
        AuthenticationError: _unknown_token,
        HttpError: _http_error,
        ValidationError: _malformed,
        Http404: _not_there,
    }
    for error, handler in handlers.items():
        api.add_exception_handler(error, handler)


def problem(status: int, detail: str, code: str, **more: object) -> HttpResponse:
    """`code` names the kind of problem for programs, `detail` tells people what to do."""
    content = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    return JsonResponse({**content, **more}, status=status, content_type=TYPE)


def _expected(request: HttpRequest, error: SurveyError) -> HttpResponse:
    response = problem(error.status, in_words(error), code_of(error))
    say_when_again(response, error)
    return response


def say_when_again(response: HttpResponse, error: SurveyError) -> None:
    """Where the error is that of asking too often."""
    if isinstance(error, TooManyRequests):
        response["Retry-After"] = str(error.retry_after)


def code_of(error: SurveyError) -> str:
    """`UnknownLanguage` is `unknown_language`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()


def _unknown_token(request: HttpRequest, error: Exception) -> HttpResponse:
    detail = _(
        "Send a valid token: “Authorization: Bearer fst_…”. Tokens are made in the office, under "
        "API tokens; they expire, and can be switched off."
    )
    response = problem(401, detail, "unknown_token")
    response["WWW-Authenticate"] = "Bearer"
    return response


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error), "http_error")


def _not_there(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(404, not_there(request), "not_found")


def not_there(request: HttpRequest) -> str:
    return _("That is not here, or not for you to see: %(address)s") % {"address": request.path}


def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Each place that is wrong, by name; what pydantic says of it is English."""
    errors = [
        {"place": ".".join(str(step) for step in one["loc"]), "message": one["msg"]}
        for one in error.errors
    ]
    names = ", ".join(one["place"] for one in errors)
    detail = _("The request is not as it should be at: %(names)s") % {"names": names}
    return problem(422, detail, "malformed", errors=errors)
