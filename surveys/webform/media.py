"""The files of a form: pictures, sounds and lists, for those who may fill it in."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from surveys import formfiles
from surveys.models import FormFile
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.versions import visible_version
from surveys.xforms.datafiles import table_from_file

FOREVER = "private, max-age=31536000, immutable"
SANDBOX = "default-src 'none'; sandbox"  # what came with a form runs nothing, opened by itself


@require_safe
@person_page
def form_file(request: PersonRequest, version_id: int, name: str) -> HttpResponse:
    """A file as it was published."""
    file = _file(request, version_id, name)
    response = _unchanged(request, file) or HttpResponse(
        formfiles.content_of(file), content_type=formfiles.content_type_of(file.name)
    )
    response["Content-Security-Policy"] = SANDBOX
    return _forever(response, file)


@require_safe
@gzip_page
@person_page
def form_list(request: PersonRequest, version_id: int, name: str) -> HttpResponse:
    """A list or table of the form as columns and rows, for the scripts of the page."""
    file = _file(request, version_id, name)
    response = _unchanged(request, file) or JsonResponse(
        table_from_file(file.name, formfiles.content_of(file)).to_json()
    )
    return _forever(response, file)


def _file(request: PersonRequest, version_id: int, name: str) -> FormFile:
    version = visible_version(request.user, version_id)
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
