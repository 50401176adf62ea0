"""Copies of interviews that are begun on phones: taken in, and let go once the interview is here."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys import draft_files, drafts, fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, Questionnaire, QuestionnaireVersion, Site, User
from surveys.questionnaires import form_of
from surveys.submissions import Receipt
from surveys.xforms import filling
from surveys.xforms.instance import fill, set_meta


class NotBegunHere(SurveyError):
    """A version or a site that the person never had from this server."""

    status = 404


@dataclass(frozen=True)
class Beginning:
    """How an interview was begun on a phone: of which version, at which site (its code), when by
    the phone's clock, and on what."""

    version_id: int
    site: str
    started_at: datetime
    device: str = ""


@transaction.atomic
def adopt(enumerator: User, draft_id: uuid.UUID, beginning: Beginning, tree: object) -> Draft:
    """Take in the copy of an interview that was begun on the person's phone, under its id there;
    twice is once.

    It is not refused because the questionnaire was closed or the assignment ended meanwhile: it was
    begun. Raises NotBegunHere where version or site do not exist for the person, or the id is
    somebody else's, InstanceError as `replace` does, and DraftMoved where another draft is here.
    """
    version, site = _begun_with(enumerator, beginning)
    form = form_of(version)
    root = filling.adopt(form, tree)
    known = drafts.known_answers(form, enumerator, site)
    fill(root, {place: text for place, text in known.items() if text})
    set_meta(root, "instanceID", drafts.instance_id_of(draft_id))
    draft = Draft(
        pk=draft_id,
        enumerator=enumerator,
        version=version,
        site=site,
        xml=drafts.written(root),
        device=beginning.device,
    )
    return _kept_once(draft, beginning.started_at)


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


def _kept_once(draft: Draft, started_at: datetime) -> Draft:
    """Store a draft under the id that it has, unless it is here, just so, already."""
    received = draft.version.questionnaire.submissions
    if received.filter(instance_id=drafts.instance_id_of(draft.pk)).exists():
        raise _taken()
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return _as_it_is_here(draft)
    draft.created_at = min(started_at, timezone.now())  # no clock of a phone starts tomorrow
    draft.save(update_fields=["created_at"])
    return draft


def _as_it_is_here(draft: Draft) -> Draft:
    here = Draft.objects.get(pk=draft.pk)
    if here.enumerator_id != draft.enumerator_id:
        raise _taken()
    if bytes(here.xml) != draft.xml:
        raise drafts.moved()
    return here


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
    draft_id = _draft_id_in(receipt.submission.instance_id)
    if receipt.missing or draft_id is None:
        return
    for draft in Draft.objects.filter(pk=draft_id, enumerator=enumerator):
        draft_files.drop_all(draft)
        draft.delete()


def _draft_id_in(instance_id: str) -> uuid.UUID | None:
    try:
        draft_id = uuid.UUID(instance_id.removeprefix("uuid:"))
    except ValueError:
        return None
    return draft_id if drafts.instance_id_of(draft_id) == instance_id else None
