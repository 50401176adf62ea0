"""Copies of interviews that are begun on phones: taken in, and let go once the interview is here."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys import draft_files, draft_keys, drafts, fieldwork, tombstones
from surveys.draft_keys import FormerKey
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.tree import Element
from surveys.models import (
    Draft,
    Questionnaire,
    QuestionnaireVersion,
    Site,
    Submission,
    Survey,
    User,
)
from surveys.questionnaires import form_of
from surveys.submissions import Receipt
from surveys.xforms import filling
from surveys.xforms.instance import fill, set_meta


class NotKept(SurveyError):
    """The copy of a draft, in a survey that keeps none."""

    status = 422


class NotBegunHere(SurveyError):
    """A version or a site that the person never had from this server."""

    status = 404


@dataclass(frozen=True)
class Beginning:
    """How an interview was begun on a phone: of which version, at which site (its code), when by
    the phone's clock, and on what; the id of the version that it corrects, if any.
    """

    version_id: int
    site: str
    started_at: datetime
    device: str = ""
    corrects: str = ""


@dataclass(frozen=True)
class Copy:
    """What the server has of a draft: files by name with their SHA-256. One that is not open was
    sealed with a former key: the phone sends its own again.
    """

    revision: int
    is_open: bool
    files: Mapping[str, str]


def require_kept(survey: Survey) -> None:
    """Raises NotKept where what is on phones is to stay there until it is finished."""
    if not survey.keeps_copies:
        raise NotKept(gettext_noop("This survey keeps no copies of drafts on the server."))


@transaction.atomic
def adopt(enumerator: User, draft_id: uuid.UUID, beginning: Beginning, tree: object) -> Draft:
    """Take in the copy of an interview that was begun on the person's phone, under its id there;
    twice is once.

    It is not refused because the questionnaire was closed or the assignment ended meanwhile: it was
    begun. Raises NotBegunHere where version or site do not exist for the person, or the id is
    somebody else's, NotKept, InstanceError as `replace` does, and DraftMoved where another draft is
    here.
    """
    version, site = _begun_with(enumerator, beginning)
    require_kept(site.survey)
    ids = (drafts.instance_id_of(draft_id), beginning.corrects)
    if tombstones.hold(version.questionnaire, ids):
        raise _erased()
    draft = Draft(
        pk=draft_id,
        enumerator=enumerator,
        version=version,
        site=site,
        device=beginning.device,
        corrects=_corrected(enumerator, version, beginning.corrects),
    )
    root = _as_told(draft, tree)
    drafts.put(draft, drafts.written(root))
    return _kept_once(draft, root, beginning.started_at)


def _corrected(
    enumerator: User, version: QuestionnaireVersion, instance_id: str
) -> Submission | None:
    """The version of the person's own interview that a draft corrects: of two phones that corrected
    the same, the answers that were not chosen are a draft of their own.
    """
    found = Submission.objects.filter(
        questionnaire=version.questionnaire_id,
        interview__enumerator=enumerator,
        instance_id=instance_id,
        is_encrypted=False,
    )
    return found.defer("xml").first() if instance_id else None


def _as_told(draft: Draft, tree: object) -> Element:
    """A phone's instance, with what the server knows itself."""
    form = form_of(draft.version)
    root = filling.adopt(form, tree)
    known = drafts.known_answers(form, draft.enumerator, draft.site)
    fill(root, {place: text for place, text in known.items() if text})
    set_meta(root, "instanceID", drafts.instance_id_of(draft.pk))
    return root


@transaction.atomic
def renew(draft: Draft, tree: object) -> Draft:
    """Put the phone's instance in the place of a copy that nobody can open any more; its files go, and
    come again from the phone. Raises InstanceError as `replace` does, and DraftMoved.
    """
    return _renewed(draft, _as_told(draft, tree))


def _renewed(draft: Draft, root: Element) -> Draft:
    draft_files.drop_all(draft)
    draft.log_parts.all().delete()
    drafts.store(draft, root)
    return draft


def copies_of(person: User, draft_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Copy]:
    """Of the person's own drafts, those that are here. Raises KeyClosed."""
    here = Draft.objects.filter(enumerator=person, pk__in=draft_ids).defer("sealed")
    return {draft.pk: _copy(person, draft) for draft in here.prefetch_related("files")}


def _copy(person: User, draft: Draft) -> Copy:
    draft.enumerator = person  # who carries the key
    try:
        files = {one.name: one.sha256 for one in draft_files.kept(draft)}
        draft_keys.key_of(draft)
    except FormerKey:
        return Copy(draft.revision, is_open=False, files={})
    return Copy(draft.revision, is_open=True, files=files)


@contextmanager
def lent(
    person: User, instance_id: str, named: Mapping[str, str]
) -> Iterator[Sequence["File[bytes]"]]:
    """Of the files that the copy of a draft has, those that its finished interview names, by name with
    their SHA-256: they need not be carried again. None where the person's session does not open it.
    """
    draft = _own(person, instance_id) if named and person.draft_key else None
    has = _copy(person, draft).files if draft else {}
    names = [name for name, sha256 in named.items() if has.get(name) == sha256]
    if draft is None or not names:
        yield ()
        return
    with draft_files.opened(draft, names) as opened:
        yield opened


def _own(person: User, instance_id: str) -> Draft | None:
    draft_id = draft_id_in(instance_id)
    return Draft.objects.filter(pk=draft_id, enumerator=person).first() if draft_id else None


def _begun_with(enumerator: User, beginning: Beginning) -> tuple[QuestionnaireVersion, Site]:
    """The version and the site by which it was begun, of a survey that the person has part in."""
    versions = QuestionnaireVersion.objects.light().select_related("questionnaire")
    seen = Questionnaire.objects.visible_to(enumerator)
    version = versions.filter(questionnaire__in=seen, pk=beginning.version_id).first()
    if version is None:
        raise NotBegunHere(
            gettext_noop(
                "This server has no such questionnaire for you. The interview stays on this phone: "
                "do not delete it, and show it to your supervisor."
            )
        )
    sites = Site.objects.select_related("city", "survey")
    site = sites.filter(survey=version.questionnaire.survey_id, code=beginning.site).first()
    if site is None:
        raise NotBegunHere(
            gettext_noop(
                "This survey has no site %(site)s. The interview stays on this phone: do not delete "
                "it, and show it to your supervisor."
            ),
            site=beginning.site,
        )
    if not fieldwork.is_assigned(enumerator, site):
        raise NotBegunHere(
            gettext_noop(
                "Site %(site)s was never assigned to you. The interview stays on this phone: do not "
                "delete it, and show it to your supervisor."
            ),
            site=site.code,
        )
    return version, site


def _kept_once(draft: Draft, root: Element, started_at: datetime) -> Draft:
    """Store a draft under the id that it has, unless it is here, just so, already."""
    received = draft.version.questionnaire.submissions
    if received.filter(instance_id=drafts.instance_id_of(draft.pk)).exists():
        raise _taken()
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return _as_it_is_here(draft, root)
    draft.created_at = min(started_at, timezone.now())  # no clock of a phone starts tomorrow
    draft.save(update_fields=["created_at"])
    return draft


def _as_it_is_here(draft: Draft, root: Element) -> Draft:
    """The draft that is here; a copy that nobody can open any more gives way to the phone's."""
    here = Draft.objects.get(pk=draft.pk)
    if here.enumerator_id != draft.enumerator_id:
        raise _taken()
    here.enumerator = draft.enumerator  # who carries the key
    try:
        is_same = drafts.xml_of(here) == drafts.xml_of(draft)
    except FormerKey:
        return _renewed(here, root)
    if not is_same:
        raise drafts.moved()
    return here


def _erased() -> NotBegunHere:
    return NotBegunHere(
        gettext_noop(
            "This interview was erased here: the person has withdrawn consent. Delete it on this phone "
            "too."
        )
    )


def _taken() -> NotBegunHere:
    return NotBegunHere(
        gettext_noop(
            "Another interview has this id. Yours stays on this phone: do not delete it, and show it "
            "to your supervisor."
        )
    )


@transaction.atomic
def let_go(enumerator: User, receipt: Receipt) -> None:
    """Throw away the copy of a draft whose interview came from the person's phone instead, once all
    its files are here: until then those of the draft may be the only others. Twice is once.
    """
    draft = None if receipt.missing else _own(enumerator, receipt.submission.instance_id)
    if draft is not None:
        draft_files.drop_all(draft)
        draft.delete()


def draft_id_in(instance_id: str) -> uuid.UUID | None:
    """The draft of which an interview of this id was made; None where its id is not of ours."""
    try:
        draft_id = uuid.UUID(instance_id.removeprefix("uuid:"))
    except ValueError:
        return None
    return draft_id if drafts.instance_id_of(draft_id) == instance_id else None
