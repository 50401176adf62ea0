"""Answers in OpenRosa's words: the headers on everything, the message an enumerator reads."""

from collections.abc import Callable
from functools import wraps
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext
from lxml import etree

from surveys.errors import SurveyError

NAMESPACE = "http://openrosa.org/http/response"
View: TypeAlias = Callable[..., HttpResponse]


def message(text: str, *, status: int, nature: str = "") -> HttpResponse:
    """An OpenRosaResponse; Collect shows its text to the enumerator."""
    root = etree.fromstring(f'<OpenRosaResponse xmlns="{NAMESPACE}"/>')
    etree.SubElement(root, f"{{{NAMESPACE}}}message", nature=nature).text = text
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")


def openrosa(view: View) -> View:
    """Give a view OpenRosa's headers and turn expected errors into messages."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except SurveyError as error:
            text = gettext(error.message) % error.params
            response = message(text, status=error.status, nature="error")
        response["X-OpenRosa-Version"] = "1.0"
        response["X-OpenRosa-Accept-Content-Length"] = str(settings.OPENROSA_MAX_BYTES)
        response["Date"] = http_date()
        return response

    return wrapped
