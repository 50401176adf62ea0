"""What devices fetch: the list of forms, a form, the list of its files, a file, entries of a list."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from surveys import entity_lists, formfiles
from surveys.errors import SurveyError, gettext_noop
from surveys.models import EntityList, FormFile, QuestionnaireVersion, User
from surveys.openrosa import documents, offer
from surveys.openrosa.authentication import sender_of, survey_for
from surveys.openrosa.documents import ListedFile, ListedForm
from surveys.openrosa.response import openrosa
from surveys.webform.media import SANDBOX
from surveys.xforms.instance import without_controls

XML = "text/xml; charset=utf-8"
CSV = "text/csv; charset=utf-8"
MOST_IDS = 5_000  # in one question; devices ask for what they made offline


class NotOffered(SurveyError):
    """A form or file that does not exist, is closed, or is somebody else's."""

    status = 404


class TooManyIds(SurveyError):
    """More entries in one question than anybody made offline."""

    status = 413


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
    """The pictures, sounds and lists that the form needs; what lists hold is the person's own."""
    person = sender_of(request)
    version = _version_for(person, code, version_id)
    files = (
        ListedFile(file.name, file.md5, _address(request, "openrosa_file", name=file.name))
        for file in version.files.all()
    )
    lists = version.entity_lists.select_related("survey")
    listed = (*files, *(_listed_entities(request, one, person) for one in lists))
    return _document(request, documents.manifest(listed))


def _listed_entities(request: HttpRequest, entity_list: EntityList, person: User) -> ListedFile:
    name = entity_list.name
    return ListedFile(
        f"{name}{entity_lists.SUFFIX}",
        _md5(_csv(entity_list, person)),
        _address(request, "openrosa_list", name=name),
        _address(request, "integrity", name=name),
    )


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


@openrosa
@require_safe
def entity_list(request: HttpRequest, code: str, version_id: int, name: str) -> HttpResponseBase:
    """The entries of a list that are for this person, as they are now."""
    person = sender_of(request)
    found = _list(_version_for(person, code, version_id), name)
    content = _csv(found, person)
    return _unless_known(request, _md5(content), lambda: HttpResponse(content, content_type=CSV))


@openrosa
@require_safe
def integrity(request: HttpRequest, code: str, version_id: int, name: str) -> HttpResponseBase:
    """Which of the entries with these ids the device should forget."""
    person = sender_of(request)
    found = _list(_version_for(person, code, version_id), name)
    ids = _ids(request)
    gone = entity_lists.gone_among(found, person, ids)
    return _document(request, documents.integrity((one, one in gone) for one in ids))


def _ids(request: HttpRequest) -> list[str]:
    """Those that are asked about, each once; what XML cannot hold is no id. Raises TooManyIds."""
    told = dict.fromkeys(request.GET.get("id", "").split(","))
    ids = [one for one in told if one and one == without_controls(one)]
    if len(ids) > MOST_IDS:
        raise TooManyIds(
            gettext_noop("Ask about at most %(most)s entries of a list at once."), most=MOST_IDS
        )
    return ids


def _list(version: QuestionnaireVersion, name: str) -> EntityList:
    lists = version.entity_lists.select_related("survey")
    found = lists.filter(name=name.replace("\x00", "")).first()
    if found is None:
        raise NotOffered(
            gettext_noop("The form has no list %(name)s. Fetch the form again."), name=name
        )
    return found


def _csv(entity_list: EntityList, person: User) -> bytes:
    return entity_lists.csv_of(entity_lists.table_for(entity_list, person))


def _version(request: HttpRequest, code: str, version_id: int) -> QuestionnaireVersion:
    return _version_for(sender_of(request), code, version_id)


def _version_for(person: User, code: str, version_id: int) -> QuestionnaireVersion:
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
    return _unless_known(request, _md5(body), lambda: HttpResponse(body, content_type=XML))


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()  # the hash of OpenRosa


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
