"""The files of a form: pictures, sounds and lists, for those who may fill it in."""

import re
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from surveys import entity_lists, formfiles
from surveys.models import FormFile, QuestionnaireVersion
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.versions import visible_version
from surveys.xforms.datafiles import table_from_file
from surveys.xforms.datatable import DataTable

FOREVER = "private, max-age=31536000, immutable"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
SANDBOX = "default-src 'none'; sandbox"  # what came with a form runs nothing, opened by itself


@require_safe
@person_page
def form_file(request: PersonRequest, version_id: int, name: str) -> HttpResponse:
    """A file as it was published."""
    file = _file(visible_version(request.user, version_id), name)
    content_type = formfiles.content_type_of(file.name)
    response = _unchanged(request, file) or content_response(
        request, formfiles.content_of(file), content_type
    )
    return _forever(response, file)


def content_response(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """The content, or the range of it that was asked for: some browsers play nothing else."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    first = int(match[1]) if match else 0
    last = min(int(match[2]) if match and match[2] else len(content), len(content) - 1)
    if match is None or first > last:
        response = HttpResponse(content, content_type=content_type)
    else:
        part = content[first : last + 1]
        response = HttpResponse(part, content_type=content_type, status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = SANDBOX
    return response


@require_safe
@gzip_page
@person_page
def form_list(request: PersonRequest, version_id: int, name: str) -> HttpResponse:
    """A list or table of the form as columns and rows, for the scripts of the page."""
    version = visible_version(request.user, version_id)
    if entity_list := entity_lists.of_version(version, name):
        return _as_it_is_now(request, entity_lists.table_for(entity_list, request.user))
    file = _file(version, name)
    response = _unchanged(request, file) or JsonResponse(
        table_from_file(file.name, formfiles.content_of(file)).to_json()
    )
    return _forever(response, file)


def _as_it_is_now(request: PersonRequest, table: DataTable) -> HttpResponse:
    """A list that the server fills: kept by browsers, and asked about each time."""
    etag = quote_etag(sha256(entity_lists.csv_of(table)).hexdigest())
    found = get_conditional_response(request, etag=etag)
    response = found if isinstance(found, HttpResponse) else JsonResponse(table.to_json())
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _file(version: QuestionnaireVersion, name: str) -> FormFile:
    file = FormFile.objects.filter(version=version, name=name).first()
    if file is None:
        raise Http404
    return file


def _unchanged(request: HttpRequest, file: FormFile) -> HttpResponse | None:
    response = get_conditional_response(request, etag=quote_etag(file.sha256))
    return response if isinstance(response, HttpResponse) else None


def _forever(response: HttpResponse, file: FormFile) -> HttpResponse:
    """Versions and their files never change."""
    response["ETag"] = quote_etag(file.sha256)
    response["Cache-Control"] = FOREVER
    return response
