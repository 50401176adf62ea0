"""Files given to be saved, and taken up again where a connection broke off."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"
BLOCK = 1 << 16
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def download(content: str | bytes, name: str, kind: str = CSV) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers=_saved_as(name))


def streamed(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """A CSV file that is written while it is sent."""
    return StreamingHttpResponse(lines, content_type=CSV, headers=_saved_as(name))


def _saved_as(name: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return {"Content-Disposition": disposition or "attachment"}


def resumable(request: HttpRequest, file: "File[bytes]", name: str, tag: str) -> HttpResponseBase:
    """The file, or the part of it that is asked for (RFC 9110, one range). `tag` is a name of the
    content: a part of something else is never given.
    """
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    is_same = request.headers.get("If-Range", f'"{tag}"') == f'"{tag}"'
    whole = FileResponse(file, as_attachment=True, filename=name)
    whole.headers["Accept-Ranges"] = "bytes"
    whole.headers["ETag"] = f'"{tag}"'
    if not asked or not any(asked.groups()) or not is_same:
        return whole
    first, last = _limits(asked, file.size)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    return _part(file, first, last, whole)


def _limits(asked: re.Match[str], size: int) -> tuple[int, int]:
    """The first and the last byte; without the first, so many of the end."""
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(file: "File[bytes]", first: int, last: int, whole: FileResponse) -> StreamingHttpResponse:
    headers = dict(whole.headers.items())
    part = StreamingHttpResponse(_Blocks(file, first, last), status=206, headers=headers)
    part.headers["Content-Length"] = str(last - first + 1)
    part.headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    return part


@dataclass(frozen=True)
class _Blocks:
    """Some bytes of a file, which is closed with the response, begun or not."""

    file: "File[bytes]"
    first: int
    last: int

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.first)
        left = self.last - self.first + 1
        while left and (block := self.file.read(min(BLOCK, left))):
            left -= len(block)
            yield block

    def close(self) -> None:
        self.file.close()
