"""What devices fetch: the list of forms, a form, the list of its files, a file."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from surveys import formfiles
from surveys.errors import SurveyError, gettext_noop
from surveys.models import FormFile, QuestionnaireVersion
from surveys.openrosa import documents, offer
from surveys.openrosa.authentication import sender_of, survey_for
from surveys.openrosa.documents import ListedFile, ListedForm
from surveys.openrosa.response import openrosa
from surveys.webform.media import SANDBOX

XML = "text/xml; charset=utf-8"


class NotOffered(SurveyError):
    """A form or file that does not exist, is closed, or is somebody else's."""

    status = 404


@openrosa
@require_safe
def form_list(request: HttpRequest, code: str) -> HttpResponseBase:
    """The forms on offer. `formID` asks for one, `listAllVersions` for old ones too."""
    person = sender_of(request)
    survey = survey_for(person, code)
    versions = offer.versions_for(person, survey)
    if not _is_set(request, "listAllVersions"):
        versions = offer.current(versions)
    if "formID" in request.GET:
        versions = versions.filter(questionnaire__form_id=_text(request, "formID"))
    description = survey.name if _is_set(request, "verbose") else ""
    listed = (_listed(request, version, description) for version in versions)
    return _document(request, documents.form_list(listed))


@openrosa
@require_safe
def form(request: HttpRequest, code: str, version_id: int) -> HttpResponseBase:
    """The XForm, byte for byte as it was published."""
    version = _version(request, code, version_id)
    return _unless_known(
        request, version.xml_md5, lambda: HttpResponse(bytes(version.xml), content_type=XML)
    )


@openrosa
@require_safe
def manifest(request: HttpRequest, code: str, version_id: int) -> HttpResponseBase:
    """The pictures, sounds and lists that the form needs."""
    files = _version(request, code, version_id).files.all()
    listed = (
        ListedFile(file.name, file.md5, _address(request, "openrosa_file", name=file.name))
        for file in files
    )
    return _document(request, documents.manifest(listed))


@openrosa
@require_safe
def file(request: HttpRequest, code: str, version_id: int, name: str) -> HttpResponseBase:
    """A file as it was published."""
    found = _version(request, code, version_id).files.filter(name=name.replace("\x00", "")).first()
    if found is None:
        raise NotOffered(
            gettext_noop("The form has no file %(name)s. Fetch the form again."), name=name
        )
    return _unless_known(request, found.md5, lambda: _content(found))


def _version(request: HttpRequest, code: str, version_id: int) -> QuestionnaireVersion:
    person = sender_of(request)
    versions = offer.versions_for(person, survey_for(person, code))
    version = versions.filter(pk=version_id).first()
    if version is None:
        raise NotOffered(gettext_noop("This form is closed, or not for you. Ask your supervisor."))
    return version


def _listed(request: HttpRequest, version: Any, description: str) -> ListedForm:
    """`version` as `offer.versions_for` finds it."""
    questionnaire = version.questionnaire
    return ListedForm(
        questionnaire.form_id,
        questionnaire.title or questionnaire.form_id,
        version.version,
        version.xml_md5,
        _address(request, "openrosa_form", version_id=version.pk),
        _address(request, "openrosa_manifest", version_id=version.pk) if version.has_files else "",
        description,
    )


def _address(request: HttpRequest, view: str, **more: object) -> str:
    """An address like this request's own: with the token, where it came with one."""
    assert request.resolver_match is not None  # noqa: S101 - a view runs by its address
    kwargs = {**request.resolver_match.kwargs, **more}
    return request.build_absolute_uri(reverse(view, kwargs=kwargs))


def _document(request: HttpRequest, body: bytes) -> HttpResponseBase:
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return _unless_known(request, md5, lambda: HttpResponse(body, content_type=XML))


def _unless_known(
    request: HttpRequest, md5: str, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The answer, or 304 where the device has it; asked for each time, as rights may end."""
    etag = quote_etag(md5)
    response = get_conditional_response(request, etag=etag) or make()
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _content(file: FormFile) -> FileResponse:
    response = FileResponse(
        file.file.open("rb"),
        filename=file.name,
        content_type=formfiles.content_type_of(file.name),
    )
    response["Content-Security-Policy"] = SANDBOX
    return response


def _is_set(request: HttpRequest, name: str) -> bool:
    return _text(request, name).lower() == "true"


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")
