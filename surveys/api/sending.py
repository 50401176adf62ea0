"""A stored file sent whole, or from where a broken download stopped."""

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from surveys.downloads import resumable

BINARY = "application/octet-stream"


def sent(request: HttpRequest, file: FieldFile, name: str, tag: str) -> HttpResponseBase:
    """The file to be saved, never to be opened by a browser; 206 with the range that was asked for,
    416 where it begins behind the end. `tag` is a name of the content.
    """
    response = resumable(request, file.open("rb"), name, tag)
    response["Content-Type"] = BINARY
    response["Cache-Control"] = "private, no-store"
    return response
