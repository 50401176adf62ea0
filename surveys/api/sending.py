"""A stored file sent whole, or from where a broken download stopped."""

import re
from collections.abc import Iterator
from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
CHUNK = 1 << 16
BINARY = "application/octet-stream"


def sent(request: HttpRequest, file: FieldFile, name: str) -> HttpResponseBase:
    """The file to be saved, never to be opened by a browser; 206 with the range that was asked for,
    416 where it begins behind the end.
    """
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    response = _part(file, asked) if asked else FileResponse(file.open("rb"))
    response["Content-Type"] = BINARY
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    return response


def _part(file: FieldFile, asked: re.Match[str]) -> HttpResponseBase:
    size = file.size
    first = int(asked[1])
    last = min(int(asked[2]) if asked[2] else size - 1, size - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    opened = file.open("rb")
    opened.seek(first)
    response = StreamingHttpResponse(_bytes(opened, last - first + 1), status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _bytes(file: IO[bytes], count: int) -> Iterator[bytes]:
    with file:
        while count > 0 and (chunk := file.read(min(CHUNK, count))):
            count -= len(chunk)
            yield chunk
