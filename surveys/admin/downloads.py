"""Files that a page gives to be saved."""

from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"


def download(content: str | bytes, name: str, kind: str = CSV) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers=_saved_as(name))


def streamed(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """A CSV file that is written while it is sent."""
    return StreamingHttpResponse(lines, content_type=CSV, headers=_saved_as(name))


def _saved_as(name: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return {"Content-Disposition": disposition or "attachment"}
