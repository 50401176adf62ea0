"""A form rendered once for everybody: all sections, blank, with what scripts need to fill them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from uuid import UUID

from crispy_forms.utils import render_crispy_form
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.models import QuestionnaireVersion
from surveys.questionnaires import form_of
from surveys.webform.definition import Words, functions_called, is_looked_up, page_definition
from surveys.webform.forms import SectionForm
from surveys.webform.layout import SectionLayout
from surveys.webform.places import PlacedGroup, PlacedQuestion, PlacedRepeat, place_blank
from surveys.webform.prompts import Prompt, Speech
from surveys.webform.scripts import live_modules
from surveys.webform.titles import title_of
from surveys.webform.versions import file_url_of, live_url, slug_of
from surveys.webform.words import preview_words, words
from surveys.xforms.definition import Choice, FormDef, Language, Question

NO_DRAFT = UUID(int=0)  # in the addresses of the page, until scripts put their draft's there
UNKNOWN = "…"  # what an expression in a title comes to as long as nothing is answered


@dataclass(frozen=True)
class Rendered:
    """Bytes that stay as they are, and by which name caches may know them."""

    content: bytes
    digest: str

    @classmethod
    def of(cls, text: str) -> "Rendered":
        content = text.encode()
        return cls(content, hashlib.sha256(content).hexdigest()[:32])


@dataclass(frozen=True)
class Addresses:
    """Where the scripts of a page find the form, keep the answers, and go in the end.

    `page` gives that of the page itself in a language of the form.
    """

    definition: str
    instance: str
    files: str
    finish: str
    plain: str
    home: str
    set_language: str
    page: Callable[[str], str]


def live_page(version: QuestionnaireVersion, language: str) -> Rendered:
    """The page in a language of the form, its buttons in the nearest of ours."""
    return _live_page(version.pk, version.xml_md5, language, interface_language(language))


def form_json(version: QuestionnaireVersion, language: str) -> Rendered:
    """The form's definition for the scripts of the page."""
    return _form_json(version.pk, version.xml_md5, language)


def interface_language(language: str) -> str:
    """The language of ours for a page in one of the form's: `zh-hans` for `zh`."""
    short = language.split("-")[0].lower()
    codes = (code for code, _name in settings.LANGUAGES)
    active = translation.get_language() or settings.LANGUAGE_CODE
    return next((code for code in codes if code.split("-")[0] == short), active)


@lru_cache(maxsize=32)
def _form_json(version_id: int, _xml_md5: str, language: str) -> Rendered:
    form = _form(version_id)
    lists = {
        instance: reverse("form_list", args=(version_id, name))
        for instance, name in form.files.items()
    }
    definition = page_definition(form, language, lists, file_url_of(version_id))
    return Rendered.of(json.dumps(definition, ensure_ascii=False, separators=(",", ":")))


@lru_cache(maxsize=32)
def _live_page(version_id: int, xml_md5: str, language: str, interface: str) -> Rendered:
    form = _form(version_id)
    definition = reverse("form_definition", args=(version_id, slug_of(language)))
    digest = _form_json(version_id, xml_md5, language).digest
    addresses = Addresses(
        definition=f"{definition}?v={digest}",
        instance=reverse("instance", args=(NO_DRAFT,)),
        files=reverse("draft_files", args=(NO_DRAFT,)),
        finish=reverse("finish", args=(NO_DRAFT,)),
        plain=reverse("section", args=(NO_DRAFT, 1)) + "?plain",
        home=reverse("home"),
        set_language=reverse("set_language"),
        page=partial(live_url, version_id),
    )
    with translation.override(interface):
        return Rendered.of(
            page_html(blank_speech(form, language, file_url_of(version_id)), addresses)
        )


def _form(version_id: int) -> FormDef:
    return form_of(QuestionnaireVersion.objects.light().get(pk=version_id))


def page_html(speech: Speech, addresses: Addresses, *, is_preview: bool = False) -> str:
    """The page, its buttons in the active language."""
    form = speech.form
    context = {
        "title": form.title,
        "language": speech.language,
        "languages": [_language(one, addresses.page) for one in form.languages],
        "sections": _sections(speech),
        "addresses": addresses,
        "modules": live_modules(form, functions_called(form, speech.language)),
        "words": words() | (preview_words() if is_preview else {}),
        "is_preview": is_preview,
    }
    return render_to_string("surveys/fill.html", context)


def _language(language: Language, page: Callable[[str], str]) -> dict[str, str]:
    name = language.name.rpartition(" (")[0] or language.name
    return {
        "ui": interface_language(language.code),
        "code": language.code,
        "name": name,
        "short": name if len(name) <= 2 else language.code.split("-")[0].upper()[:3],
        "url": page(language.code),
    }


def _sections(speech: Speech) -> list[dict[str, object]]:
    placed = [place_blank(speech.form, section) for section in speech.form.sections]
    fields = SectionForm(
        [prompt for section in placed for prompt in _prompts(section, speech)], answers={}
    )
    layout = SectionLayout(speech)
    return [
        {
            "number": number,
            "path": section.group.path,
            "title": title_of(speech, section, number),
            "has_label": bool(section.group.labels),
            "html": render_crispy_form(fields, layout.helper(section)),
        }
        for number, section in enumerate(placed, start=1)
    ]


def blank_speech(form: FormDef, language: str, file_url: Callable[[str], str]) -> Speech:
    """What the form says while nothing is answered: the places of values are marked."""
    numbers = Words(form, language)

    def out(node: Node, _element: Element | None) -> SafeString:
        return format_html('<span class="out" data-out="{}"></span>', numbers.number(node))

    def offered(question: Question, _element: Element | None) -> tuple[Choice, ...] | None:
        is_dynamic = question.itemset is not None or is_looked_up(question)
        return None if is_dynamic else question.choices

    return Speech(
        form=form,
        language=language,
        out=out,
        say=lambda _node, _element: UNKNOWN,
        offered=offered,
        file_url=file_url,
    )


def _prompts(group: PlacedGroup, speech: Speech) -> list[Prompt]:
    """Those of every question, and of the instances that are yet to be added."""
    prompts: list[Prompt] = []
    for child in group.children:
        if isinstance(child, PlacedQuestion):
            prompts += [speech.prompt(child)] if child.question.takes_answer else []
        elif isinstance(child, PlacedRepeat):
            prompts += _prompts(child.blank, speech) if child.blank else []
        else:
            prompts += _prompts(child, speech)
    return prompts
