"""Published forms as pages address them: by version and by language."""

from collections.abc import Callable
from functools import partial

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language

from surveys.models import Draft, Questionnaire, QuestionnaireVersion, User
from surveys.questionnaires import form_of
from surveys.xforms.definition import FormDef, Language

DEFAULT = "default"  # the address of a language that has no code


def visible_version(person: User, version_id: int) -> QuestionnaireVersion:
    """A version of a questionnaire that the person works with. Raises Http404."""
    version = (
        QuestionnaireVersion.objects.light()
        .filter(questionnaire__in=Questionnaire.objects.visible_to(person), pk=version_id)
        .first()
    )
    if version is None:
        raise Http404
    return version


def file_url_of(version_id: int) -> Callable[[str], str]:
    """Where the files of a version are served from, by name."""
    return partial(_file_url, version_id)


def _file_url(version_id: int, name: str) -> str:
    return reverse("form_file", args=(version_id, name))


def slug_of(language: str) -> str:
    """A language of a form in an address."""
    return language.replace("/", "-").strip(".") or DEFAULT


def language_at(form: FormDef, slug: str) -> Language:
    """The form's language at an address. Raises Http404."""
    found = next((one for one in form.languages if slug_of(one.code) == slug), None)
    if found is None:
        raise Http404
    return found


def first_url(draft: Draft, *, is_live: bool) -> str:
    """The first question of a draft, on the live page or the plain one."""
    return live_draft_url(draft) if is_live else reverse("section", args=(draft.pk, 1))


def live_draft_url(draft: Draft) -> str:
    """The live page on which a draft goes on, in the language of the page."""
    language = form_of(draft.version).language_for(get_language() or "")
    return f"{live_url(draft.version_id, language)}?draft={draft.pk}"


def live_url(version_id: int, language: str) -> str:
    return reverse("live", args=(version_id, slug_of(language)))
