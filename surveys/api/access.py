"""Who asks: a token in the header, how often it may, and what it opens."""

import time
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from surveys import api_tokens
from surveys.api.asked import choice_in
from surveys.api_tokens import Holder
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.catalogue import Order
from surveys.layers import Layer
from surveys.models import Questionnaire, Survey

WINDOW_S = 60


class TooManyRequests(SurveyError):
    """A token that asks too often; `retry_after` are the seconds until it may again."""

    status = 429

    def __init__(self, most: int, retry_after: int) -> None:
        super().__init__(
            gettext_noop(
                "This token may ask %(most)s times a minute. Ask again in %(seconds)s seconds."
            ),
            most=most,
            seconds=retry_after,
        )
        self.retry_after = retry_after


class NotJson(SurveyError):
    """What came along does not say that it is JSON."""

    status = 415


class Bearer(HttpBearer):
    """`Authorization: Bearer fst_…`. A session opens nothing here, so no other page can use it."""

    def authenticate(self, request: HttpRequest, token: str) -> Holder | None:
        holder = holder_with(token)
        if holder is not None:
            _require_json(request)
        return holder


def _require_json(request: HttpRequest) -> None:
    """Of what has a body. Raises NotJson."""
    if request.body and request.content_type != "application/json":
        raise NotJson(gettext_noop("Send JSON, and say so: “Content-Type: application/json”."))


def holder_with(token: str) -> Holder | None:
    """Who asks with a token in clear, None where it opens nothing. Raises TooManyRequests."""
    holder = api_tokens.holder_of(token)
    if holder is None or not holder.surveys.exists():  # its person is no member of staff now
        return None
    _count(holder)
    return holder


def _count(holder: Holder) -> None:
    """Raises TooManyRequests. The window begins at the full minute, for all processes."""
    now = int(time.time())
    key = f"api:{holder.token.sha256}:{now // WINDOW_S}"
    cache.add(key, 0, timeout=2 * WINDOW_S)
    try:
        asked = cache.incr(key)
    except ValueError:  # thrown away meanwhile, as a cache may
        return
    if asked > settings.API_REQUESTS_A_MINUTE:
        raise TooManyRequests(settings.API_REQUESTS_A_MINUTE, WINDOW_S - now % WINDOW_S)


def holder_of(request: HttpRequest) -> Holder:
    """Whose token came along; `Bearer` let nobody else in."""
    return cast(Holder, request.auth)  # type: ignore[attr-defined]


def survey_for(holder: Holder, code: str) -> Survey:
    found = holder.surveys.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def questionnaires_for(holder: Holder) -> QuerySet[Questionnaire]:
    found = Questionnaire.objects.filter(survey__in=holder.surveys.values("pk"))
    return found.select_related("survey", "current").defer(
        "current__workbook", "current__xml", "current__definition"
    )


def questionnaire_for(holder: Holder, pk: int) -> Questionnaire:
    found = questionnaires_for(holder).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def order_for(holder: Holder, questionnaire_id: int, layer: str, language: str) -> Order:
    """Whose answers in which words. Raises Http404, UnknownValue, UnknownLanguage."""
    order = Order(
        questionnaire_for(holder, questionnaire_id),
        holder.person,
        language,
        choice_in("layer", layer, Layer),
    )
    order.require_language()
    return order
