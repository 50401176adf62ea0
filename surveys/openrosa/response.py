"""Answers in OpenRosa's words: the headers on everything, the message an enumerator reads."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from http import HTTPStatus
from typing import TypeAlias

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from lxml import etree

from surveys.errors import SurveyError, gettext_noop
from surveys.wording import in_words
from surveys.xforms.instance import without_controls

CHUNK = 65_536
HEARD = 3  # times what is accepted
NAMESPACE = "http://openrosa.org/http/response"
logger = logging.getLogger(__name__)

View: TypeAlias = Callable[..., HttpResponseBase]


def message(
    text: str, *, status: int, nature: str = "", beside: etree._Element | None = None
) -> HttpResponse:
    """An OpenRosaResponse; Collect shows its text to the enumerator, and skips what is `beside`."""
    root = etree.fromstring(f'<OpenRosaResponse xmlns="{NAMESPACE}"/>')
    said = etree.SubElement(root, f"{{{NAMESPACE}}}message", nature=nature)
    said.text = without_controls(text)
    if beside is not None:
        root.append(beside)
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")


class TooLarge(SurveyError):
    """A request beyond what was announced in X-OpenRosa-Accept-Content-Length."""

    status = 413


class Unavailable(SurveyError):
    """The database is away, or too busy."""

    status = 503


def require_size(request: HttpRequest) -> None:
    """Look at the announced length before anything of the body is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if int(length) > settings.OPENROSA_MAX_BYTES:
        raise too_large()


def too_large() -> TooLarge:
    return TooLarge(
        gettext_noop(
            "The interview with its files is too large: at most %(limit)s MB can be sent at once. "
            "Keep it and show it to your supervisor."
        ),
        limit=settings.OPENROSA_MAX_BYTES // 1_000_000,
    )


def hear_out(request: HttpRequest) -> None:
    """Read on, and forget it: a device that is cut off while it sends never reads the answer."""
    left = HEARD * settings.OPENROSA_MAX_BYTES
    with suppress(OSError):
        while left > 0 and (data := request.read(CHUNK)):
            left -= len(data)


def openrosa(view: View) -> View:
    """Give a view OpenRosa's headers and turn expected errors into messages."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        kwargs.pop("token", None)  # `sender_of` reads it; views are the same with and without
        try:
            require_size(request)
            response = _answered(view, request, *args, **kwargs)
        except SurveyError as error:
            hear_out(request)
            response = message(in_words(error), status=error.status, nature="error")
        # A browser would ask for a password by itself, over a page that can do so better.
        is_by_browser = "Origin" in request.headers
        if response.status_code == HTTPStatus.UNAUTHORIZED and not is_by_browser:
            response["WWW-Authenticate"] = 'Basic realm="Five Standards", charset="UTF-8"'
        response["X-OpenRosa-Version"] = "1.0"
        response["X-OpenRosa-Accept-Content-Length"] = str(settings.OPENROSA_MAX_BYTES)
        response["Date"] = http_date()
        return response

    return wrapped


def _answered(
    view: View, request: HttpRequest, *args: object, **kwargs: object
) -> HttpResponseBase:
    """Raises Unavailable where the database is not there: what is sent later is stored then."""
    try:
        return view(request, *args, **kwargs)
    except (OperationalError, InterfaceError) as error:
        logger.exception("A device was sent away: the database does not answer.")
        raise Unavailable(
            gettext_noop(
                "The server cannot store anything at the moment. The interview stays on this "
                "device. Send it again later."
            )
        ) from error
