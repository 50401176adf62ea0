"""Answers in OpenRosa's words: the headers on everything, the message an enumerator reads."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from lxml import etree

from surveys.errors import SurveyError, gettext_noop
from surveys.wording import in_words

NAMESPACE = "http://openrosa.org/http/response"
View: TypeAlias = Callable[..., HttpResponse]


def message(text: str, *, status: int, nature: str = "") -> HttpResponse:
    """An OpenRosaResponse; Collect shows its text to the enumerator."""
    root = etree.fromstring(f'<OpenRosaResponse xmlns="{NAMESPACE}"/>')
    etree.SubElement(root, f"{{{NAMESPACE}}}message", nature=nature).text = text
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")


class TooLarge(SurveyError):
    """A request beyond what was announced in X-OpenRosa-Accept-Content-Length."""

    status = 413


def require_size(request: HttpRequest) -> None:
    """Look at the announced length before anything of the body is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if int(length) > settings.OPENROSA_MAX_BYTES:
        raise TooLarge(gettext_noop("The interview with its files is too large to send at once."))


def openrosa(view: View) -> View:
    """Give a view OpenRosa's headers and turn expected errors into messages."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            require_size(request)
            response = view(request, *args, **kwargs)
        except SurveyError as error:
            response = message(in_words(error), status=error.status, nature="error")
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            response["WWW-Authenticate"] = 'Basic realm="Five Standards", charset="UTF-8"'
        response["X-OpenRosa-Version"] = "1.0"
        response["X-OpenRosa-Accept-Content-Length"] = str(settings.OPENROSA_MAX_BYTES)
        response["Date"] = http_date()
        return response

    return wrapped
