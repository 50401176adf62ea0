"""What a device sends: the parts of a multipart request, read as a stream, whole or not at all."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

from surveys.errors import SurveyError, gettext_noop
from surveys.openrosa.response import too_large
from surveys.xforms.instance import MAX_BYTES, InstanceError

XML_PART = "xml_submission_file"
COPIED_PART = "*copied*"
Files: TypeAlias = "MultiValueDict[str, UploadedFile[bytes]]"  # by the names of their parts
LONGEST_END = 300  # bytes: the last boundary, of 200 at most, and what little may follow it
NAMELESS = frozenset({"", ".", ".."})


class BrokenRequest(SurveyError):
    """A request that was cut on its way, or that is none of the protocol's."""


@dataclass(frozen=True)
class Parcel:
    """An interview as its bytes, and the files that came along, named as their parts.

    `copied` are those that a page of ours did not send, by name with their SHA-256, as the copy of
    its draft has them here.
    """

    xml: bytes
    files: tuple["File[bytes]", ...]
    copied: Mapping[str, str]


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Body:
    """A request's body as far as it was read. Its end is kept, by which one sees that it is whole:
    a connection that breaks ends a stream as any other end does.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.length = 0
        self.end = b""

    def read(self, size: int) -> bytes:
        try:
            data = self.stream.read(size)
        except OSError as error:
            raise cut() from error
        self.length += len(data)
        if self.length > settings.OPENROSA_MAX_BYTES:
            raise too_large()
        self.end = (self.end + data)[-LONGEST_END:]
        return data


@contextmanager
def parcel_of(request: HttpRequest) -> Iterator[Parcel]:
    """The interview and its files, which are gone afterwards. Raises BrokenRequest or TooLarge, and
    InstanceError where there is no interview.
    """
    fields, files = _parse(request)
    try:
        yield Parcel(_xml(files), tuple(_named(files)), _copied(fields.get(COPIED_PART, "")))
    finally:
        for _, several in files.lists():
            for file in several:
                file.close()


def cut() -> BrokenRequest:
    return BrokenRequest(
        gettext_noop("The interview did not arrive whole. Send it again where the network is good.")
    )


def _copied(text: str) -> Mapping[str, str]:
    """What is none of our pages' lists names no files: all of them are then still expected."""
    try:
        named = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(named, dict):
        return {}
    return {name: sha256 for name, sha256 in named.items() if isinstance(sha256, str)}


def _parse(request: HttpRequest) -> tuple[QueryDict, Files]:
    """All that came; large files are on the disk, not in memory."""
    meta, body = _meta(request), Body(_stream(request))
    source: Any = body  # which Django reads, and nothing else
    try:
        parser = MultiPartParser(meta, source, request.upload_handlers, request.encoding)
        fields, files = parser.parse()
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise BrokenRequest(
            gettext_noop("This is not how ODK Collect sends interviews: %(detail)s"),
            detail=str(error)[:200],
        ) from error
    if not _is_whole(body, meta):
        raise cut()
    return fields, files


def _meta(request: HttpRequest) -> dict[str, Any]:
    """Django's parser reads nothing of a body that does not say its length in advance."""
    if not _is_chunked(request):
        return request.META
    return {**request.META, "CONTENT_LENGTH": str(settings.OPENROSA_MAX_BYTES)}


def _stream(request: HttpRequest) -> Stream:
    stream: Stream = request.META["wsgi.input"] if _is_chunked(request) else request
    return stream


def _is_chunked(request: HttpRequest) -> bool:
    """Whether the web server reads the body to its end by itself, and its length is not known."""
    return bool(request.META.get("wsgi.input_terminated")) and not request.META.get(
        "CONTENT_LENGTH"
    )


def _is_whole(body: Body, meta: dict[str, Any]) -> bool:
    boundary = parse_header_parameters(meta["CONTENT_TYPE"])[1]["boundary"]
    return f"--{boundary}--".encode() in body.end


def _xml(files: Files) -> bytes:
    part = files.getlist(XML_PART)
    if not part:
        raise InstanceError(
            gettext_noop(
                "No interview came along: the request has no part `xml_submission_file`. Send it "
                "again with ODK Collect or KoboCollect; if that does not help, keep it and show it "
                "to your supervisor."
            )
        )
    xml: bytes = part[0].read(MAX_BYTES + 1)
    return xml


def _named(files: Files) -> Iterator["File[bytes]"]:
    """The files as OpenRosa calls them: by their parts. Of a path, the last step is the name."""
    for part, several in files.lists():
        name = part.replace("\\", "/").rpartition("/")[2]
        for file in several if part != XML_PART and name not in NAMELESS else ():
            file.name = name
            yield file
