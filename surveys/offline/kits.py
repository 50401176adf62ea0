"""What an enumerator can take along: questionnaires with all that they need, and the sites."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from surveys import drafts, entity_lists
from surveys.models import FormFile, QuestionnaireVersion, User
from surveys.questionnaires import form_of
from surveys.webform.api import person_api
from surveys.webform.home import SiteCard, site_cards
from surveys.webform.live import ASK_AGAIN
from surveys.webform.pages import PersonRequest
from surveys.webform.rendering import Rendered, form_json, live_page
from surveys.webform.versions import file_url_of, live_url, slug_of
from surveys.xforms.definition import Language

Json: TypeAlias = dict[str, Any]


@require_safe
@gzip_page
@ensure_csrf_cookie
def kits(request: HttpRequest) -> HttpResponse:
    """All kits of the person as JSON; 304 where the phone has just these."""
    response = _kits(request)
    if "ETag" in response:
        response["Cache-Control"] = ASK_AGAIN
    return response


@person_api
def _kits(request: PersonRequest) -> HttpResponse:
    document = kits_of(request.user)
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    etag = quote_etag(hashlib.sha256(content).hexdigest())
    response = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponse):
        response = HttpResponse(content, content_type="application/json")
    response["ETag"] = etag
    return response


def kits_of(person: User) -> Json:
    """What the person can start at the sites that are theirs now, as on their first page."""
    cards = site_cards(person)
    startable = {one.pk for card in cards for one in card.questionnaires}
    versions = (
        QuestionnaireVersion.objects.light()
        .filter(questionnaire__in=startable, pk=F("questionnaire__current"))
        .select_related("questionnaire__survey")
        .prefetch_related("files")
        .order_by("questionnaire__survey__code", "questionnaire__form_id")
    )
    return {
        "account": {"id": person.pk, "username": person.username},
        "kits": [_kit(person, version, cards) for version in versions],
    }


@dataclass(frozen=True)
class Contents:
    """What must be fetched of a version: page and definition in each language, its files, and the
    lists, by name, that it gets from the server as they are now for the person.
    """

    version: QuestionnaireVersion
    languages: Sequence[tuple[Language, Rendered, Rendered]]
    files: Sequence[FormFile]
    lists: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        rendered = [one.digest for _, *both in self.languages for one in both]
        lists = [hashlib.sha256(content).hexdigest() for content in self.lists.values()]
        return _hash([*rendered, *(file.sha256 for file in self.files), *lists])

    @property
    def size(self) -> int:
        rendered = sum(len(one.content) for _, *both in self.languages for one in both)
        return rendered + sum(file.size for file in self.files) + sum(map(len, self.lists.values()))

    def addresses(self) -> list[str]:
        """Where they are; what the form looks things up in comes as columns and rows."""
        tables, file_url = form_of(self.version).files.values(), file_url_of(self.version.pk)
        return [
            reverse("form_list", args=(self.version.pk, name)) if name in tables else file_url(name)
            for name in (*(file.name for file in self.files), *self.lists)
        ]


def _contents(person: User, version: QuestionnaireVersion) -> Contents:
    form, files = form_of(version), list(version.files.all())
    languages = [
        (one, live_page(version, one.code), form_json(version, one.code)) for one in form.languages
    ]
    served = sorted({*form.files.values()} - {file.name for file in files})
    found = {name: entity_lists.of_version(version, name) for name in served}
    lists = {
        name: entity_lists.csv_of(entity_lists.table_for(one, person))
        for name, one in found.items()
        if one is not None
    }
    return Contents(version, languages, files, lists)


def _kit(person: User, version: QuestionnaireVersion, cards: Sequence[SiteCard]) -> Json:
    """`digest` is of all that is said here, `content` of what must be fetched."""
    questionnaire, contents = version.questionnaire, _contents(person, version)
    here = [card for card in cards if questionnaire in card.questionnaires]
    kit = {
        "questionnaire": questionnaire.pk,
        "title": questionnaire.title,
        "survey": questionnaire.survey.code,
        "survey_name": str(questionnaire.survey),
        "version": version.pk,
        "form_version": version.version,
        "form_id": questionnaire.form_id,
        "content": contents.digest,
        "languages": [_language(version, one, made) for one, _page, made in contents.languages],
        "files": contents.addresses(),
        "bytes": contents.size,
        "submission": reverse("submission", args=(questionnaire.survey.code,)),
        "metadata": drafts.metadata_of(person),
        "sites": [_site(person, version, card) for card in here],
    }
    return {**kit, "digest": _hash(kit)}


def _language(version: QuestionnaireVersion, language: Language, definition: Rendered) -> Json:
    slug = slug_of(language.code)
    address = reverse("form_definition", args=(version.pk, slug))
    return {
        "code": slug,
        "name": language.name.rpartition(" (")[0] or language.name,
        "page": live_url(version.pk, language.code),
        "definition": f"{address}?v={definition.digest}",
    }


def _site(person: User, version: QuestionnaireVersion, card: SiteCard) -> Json:
    return {
        "code": card.site.code,
        "name": card.site.name,
        "city": card.city,
        "target": card.site.target,
        "received": card.received,
        **({"slots": asdict(card.slots)} if card.slots else {}),
        "known": drafts.known_answers(form_of(version), person, card.site),
    }


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]
