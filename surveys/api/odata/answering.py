"""The whole of a request to a feed but its case: who asks, which feed, in which version, and refusals."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.log import log_response
from django.views.decorators.http import require_safe

from surveys.api.access import holder_with, order_for
from surveys.api.odata.tables import Table, feed_of
from surveys.api.problems import code_of, not_there, say_when_again
from surveys.api_tokens import Holder, Scope
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.catalogue import Order
from surveys.wording import in_words

VERSION = "4.0"
JSON = "application/json;odata.metadata=minimal"
Given = ParamSpec("Given")


class OldVersion(SurveyError):
    """A program that does not read version 4."""


class UnknownToken(SurveyError):
    status = 401


@dataclass(frozen=True)
class Feed:
    """The tables of a questionnaire as somebody gets them; `root` is their address, with a slash."""

    root: str
    order: Order
    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """Raises Http404."""
        if name not in self.tables:
            raise Http404
        return self.tables[name]


def odata(
    view: Callable[Concatenate[HttpRequest, Feed, Given], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Of a view of a feed that of a request: `questionnaire_id` and `words` say which feed."""

    @require_safe
    @wraps(view)
    def answer(
        request: HttpRequest,
        questionnaire_id: int,
        words: str,
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> HttpResponse:
        try:
            feed = _feed(request, questionnaire_id, words)
            response = view(request, feed, *args, **kwargs)
        except SurveyError as error:
            response = _refusal(error)
            _note(request, response)
        except Http404:
            response = _error(404, "not_found", not_there(request))
        response["OData-Version"] = VERSION
        response["Cache-Control"] = "private, no-store"
        return response

    return answer


def _feed(request: HttpRequest, questionnaire_id: int, words: str) -> Feed:
    """`words` are a layer, and after a dash a language: `corrected`, `published-zh`."""
    if request.headers.get("OData-MaxVersion", VERSION) < VERSION:
        raise OldVersion(gettext_noop("This feed speaks OData 4.0, no earlier version."))
    holder = _holder(request)
    holder.require(Scope.READ_INTERVIEWS)
    layer, _dash, language = words.partition("-")
    order = replace(order_for(holder, questionnaire_id, layer, language), derived=True)
    names = {"questionnaire_id": questionnaire_id, "words": words}
    root = request.build_absolute_uri(reverse("odata:service", kwargs=names))
    return Feed(root, order, feed_of(order))


def _holder(request: HttpRequest) -> Holder:
    """Raises UnknownToken, TooManyRequests."""
    holder = holder_with(_token(request.headers.get("Authorization", "")))
    if holder is None:
        raise UnknownToken(
            gettext_noop(
                "Send a valid token as the password, with any user name. Tokens are made in the "
                "office, under API tokens; they expire, and can be switched off."
            )
        )
    return holder


def _token(authorization: str) -> str:
    """As programs send it, or as the password that Excel asks for; blank for none."""
    kind, _space, given = authorization.partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def in_json(content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(
        content,
        status=status,
        content_type=JSON,
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )


def _refusal(error: SurveyError) -> HttpResponse:
    response = _error(error.status, code_of(error), in_words(error))
    if error.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="API token", charset="UTF-8"'
    say_when_again(response, error)
    return response


def _note(request: HttpRequest, response: HttpResponse) -> None:
    """In the log as what it is, a caller's mistake: Django takes every 501 for a failure of ours."""
    log_response(
        "%s: %s",
        response.reason_phrase,
        request.path,
        response=response,
        request=request,
        level="warning",
    )


def _error(status: int, code: str, message: str) -> HttpResponse:
    return in_json({"error": {"code": code, "message": message}}, status)
