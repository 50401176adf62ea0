"""A form tried out as enumerators meet it, before and after it is published; nothing is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import ParamSpec, TypeAlias
from uuid import UUID

from csp.constants import SELF
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from surveys import entity_lists, formfiles, uploads
from surveys.errors import SurveyError
from surveys.formlogic.tree import Element
from surveys.models import QuestionnaireVersion, Survey, Upload, User
from surveys.questionnaires import file_of, form_of
from surveys.webform.api import person_api
from surveys.webform.definition import page_definition
from surveys.webform.media import SANDBOX
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.rendering import Addresses, blank_speech, interface_language, page_html
from surveys.webform.versions import language_at, slug_of, visible_version
from surveys.xforms.datafiles import table_from_file
from surveys.xforms.definition import FormDef
from surveys.xforms.environments import environment_for
from surveys.xforms.filling import begin
from surveys.xforms.parsing import tree_to_json

P = ParamSpec("P")
EXAMPLE = "0000"  # the site and the enumerator of interviews that are none
Read: TypeAlias = Callable[[str], bytes | None]  # the content of a file by its name


@dataclass(frozen=True)
class Trial:
    """A form to try out; `key` is that of a version or an upload, `read` gives its files."""

    key: str
    form: FormDef
    read: Read

    def file_url(self, name: str) -> str:
        return reverse("preview_file", args=(self.key, name))

    def content(self, name: str) -> bytes:
        found = self.read(name)
        if found is None:
            raise Http404
        return found

    def instances(self) -> dict[str, Element]:
        """The lists that are there and can be read; a preview goes on without the others."""
        found = {}
        for instance, name in self.form.files.items():
            content = self.read(name)
            if content is not None:
                try:
                    found[instance] = table_from_file(name, content).element()
                except SurveyError:
                    continue
        return found


def trial_for(person: User, key: str) -> Trial:
    """Uploads are for coordinators of their survey, versions for all its people. Raises Http404."""
    if key.isdecimal() and len(key) < len(str(2**63)):
        version = visible_version(person, int(key))
        read = partial(_published, version)
        return Trial(key, form_of(version), _or_list(version.questionnaire.survey, person, read))
    upload = Upload.objects.visible_to(person).recent().filter(pk=_uuid(key)).first()
    form = uploads.form_of(upload) if upload else None
    if upload is None or form is None:
        raise Http404
    return Trial(key, form, _or_list(upload.survey, person, partial(uploads.content_of, upload)))


def _or_list(survey: Survey, person: User, read: Read) -> Read:
    """Files as they are, and where there is none the list of that name, as the person gets it."""

    def read_either(name: str) -> bytes | None:
        content = read(name)
        return entity_lists.try_out(survey, name, person) if content is None else content

    return read_either


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _published(version: QuestionnaireVersion, name: str) -> bytes | None:
    file = file_of(version, name)
    return formfiles.content_of(file) if file else None


def preview_url(key: object, form: FormDef, language: str) -> str:
    """Where to try out a version or an upload, in the form's language nearest to this one."""
    return _page_url(str(key), form.language_for(language))


def _page_url(key: str, language: str) -> str:
    return reverse("preview", args=(key, slug_of(language)))


def framed(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Pages of ours may show it in a frame."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response["X-Frame-Options"] = "SAMEORIGIN"
        response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
        return response

    return shown


@require_safe
@never_cache
@gzip_page
@framed
@ensure_csrf_cookie
@person_page
def preview(request: PersonRequest, key: str, language: str) -> HttpResponse:
    """The live page, with addresses that keep nothing."""
    trial = trial_for(request.user, key)
    code = language_at(trial.form, language).code
    here = partial(reverse, args=(key,))
    addresses = Addresses(
        definition=reverse("preview_definition", args=(key, language)),
        instance=here("preview_instance"),
        files=here("preview_files"),
        finish=here("preview_end"),
        plain=_page_url(key, code),
        home=_page_url(key, code),
        set_language=here("preview_instance"),
        page=partial(_page_url, key),
    )
    speech = blank_speech(trial.form, code, trial.file_url)
    with translation.override(interface_language(code)):
        return HttpResponse(page_html(speech, addresses, is_preview=True))


@require_safe
@never_cache
@gzip_page
@person_page
def definition(request: PersonRequest, key: str, language: str) -> HttpResponse:
    trial = trial_for(request.user, key)
    lists = {
        instance: reverse("preview_list", args=(key, name))
        for instance, name in trial.form.files.items()
        if trial.read(name) is not None
    }
    code = language_at(trial.form, language).code
    return JsonResponse(page_definition(trial.form, code, lists, trial.file_url))


@never_cache
@person_api
def instance(request: PersonRequest, key: str) -> HttpResponse:
    """A new interview (GET); whatever is sent is taken for saved and forgotten."""
    trial = trial_for(request.user, key)
    if request.method != "GET":
        return JsonResponse({"revision": 1})
    known = _known(trial.form)
    now = timezone.localtime()
    metadata = {"deviceid": "web", "username": EXAMPLE}
    environment = environment_for(trial.form, now, "", trial.instances())
    return JsonResponse(
        {
            "tree": tree_to_json(begin(trial.form, environment, metadata, known)),
            "revision": 1,
            "known": list(known),
            "site": _("Preview"),
            "now": now.isoformat(),
            "updated": now.isoformat(),
            "files": {},
        }
    )


def _known(form: FormDef) -> dict[str, str]:
    """What the server tells a real interview: where it is, and who asks."""
    paths = (form.roles.get(role, "") for role in ("site", "enumerator"))
    return {
        path: EXAMPLE for path in paths if path in form.by_path and not form.by_path[path].is_select
    }


@never_cache
@person_api
def no_files(request: PersonRequest, key: str, name: str = "") -> HttpResponse:
    """Takes the files of answers for sent, and forgets them."""
    trial_for(request.user, key)
    file = request.FILES.get("file")
    if file is None:
        raise Http404
    return JsonResponse({"name": file.name, "size": file.size}, status=201)


@never_cache
@framed
@person_page
def end(request: PersonRequest, key: str) -> HttpResponse:
    """Where a preview ends: scripts are led here, people read that nothing was stored."""
    trial = trial_for(request.user, key)
    if request.method == "POST":
        return JsonResponse({"url": request.path})
    context = {"again": preview_url(key, trial.form, translation.get_language() or "")}
    return render(request, "surveys/preview_end.html", context)


@require_safe
@never_cache
@person_page
def form_file(request: PersonRequest, key: str, name: str) -> HttpResponse:
    content = trial_for(request.user, key).content(name)
    response = HttpResponse(content, content_type=formfiles.content_type_of(name))
    response["Content-Security-Policy"] = SANDBOX
    return response


@require_safe
@never_cache
@gzip_page
@person_api
def form_list(request: PersonRequest, key: str, name: str) -> HttpResponse:
    content = trial_for(request.user, key).content(name)
    return JsonResponse(table_from_file(name, content).to_json())
