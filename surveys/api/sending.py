"""A stored file sent whole, or from where a broken download stopped."""

from typing import Any

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from surveys.downloads import resumable

BINARY = "application/octet-stream"


def described(kind: str) -> dict[str, Any]:
    """How the description of the API tells of a file."""
    return {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}}


SENT = {  # by `sent`
    "responses": {
        200: described(BINARY),
        206: {"description": "The part that was asked for", **described(BINARY)},
        416: {"description": "A range that begins behind the end"},
    }
}


def sent(request: HttpRequest, file: FieldFile, name: str, tag: str) -> HttpResponseBase:
    """The file to be saved, never to be opened by a browser; 206 with the range that was asked for,
    416 where it begins behind the end. `tag` is a name of the content.
    """
    response = resumable(request, file.open("rb"), name, tag)
    response["Content-Type"] = BINARY
    response["Cache-Control"] = "private, no-store"
    return response
