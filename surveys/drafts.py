"""Unfinished interviews on the server: started, saved section by section, finished into one."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from surveys import fieldwork, submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.evaluation import Environment
from surveys.formlogic.tree import Element
from surveys.models import Draft, Questionnaire, Site, Submission, User
from surveys.questionnaires import form_of
from surveys.submissions import Receipt, Sender
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import (
    blank_instance,
    fill,
    read_instance,
    set_meta,
    tree_from_xml,
    write_instance,
)


class DraftMoved(SurveyError):
    """The draft was changed elsewhere since this page was opened."""

    status = 409


class FormClosed(SurveyError):
    status = 409


def start(enumerator: User, site: Site, questionnaire: Questionnaire) -> Draft:
    """Open an interview at a site. Raises SiteNotYours or FormClosed."""
    fieldwork.require_active_assignment(enumerator, site)
    version = questionnaire.versions.light().filter(questionnaire__current=F("pk")).first()
    if questionnaire.state != Questionnaire.State.OPEN or version is None:
        raise FormClosed(gettext_noop("This questionnaire is closed. Ask your coordinator."))
    form = form_of(version)
    root = blank_instance(form)
    fill(root, _known_answers(form, enumerator, site))
    draft = Draft(enumerator=enumerator, version=version, site=site)
    set_meta(root, "instanceID", instance_id_of(draft.pk))
    draft.xml = write_instance(root)
    draft.save(force_insert=True)
    return draft


def instance_id_of(draft_id: uuid.UUID) -> str:
    """The id that the finished interview will have: a draft keeps its own."""
    return f"uuid:{draft_id}"


def _known_answers(form: FormDef, enumerator: User, site: Site) -> dict[str, str]:
    """What the server knows before the first question: site, enumerator, city, time, device."""
    known = {
        "site": site.code,
        "enumerator": enumerator.username,
        "city": site.city.code if site.city else "",
    }
    answers = {form.roles[role]: text for role, text in known.items() if role in form.roles}
    for path, preload in form.preloads.items():
        if preload == "timestamp start":
            answers[path] = _moment(timezone.localtime())
        elif preload == "property deviceid":
            answers[path] = "web"
    return answers


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def tree_of(draft: Draft) -> Element:
    """The draft's instance as a tree of its own; changing it changes nothing stored."""
    return tree_from_xml(bytes(draft.xml))


@transaction.atomic
def save(draft: Draft, answers: Mapping[str, str]) -> Draft:
    """Put answers, keyed by absolute path, into the draft, and calculate.

    Answers that no longer apply stay until the end: a slip of the thumb must not cost them.
    Raises DraftMoved where another page or device saved a later revision.
    """
    form = form_of(draft.version)
    root = tree_of(draft)
    fill(root, answers)
    form.logic.recalculate(root, Environment(now=timezone.localtime()))
    saved = Draft.objects.filter(pk=draft.pk, revision=draft.revision).update(
        xml=write_instance(root), revision=F("revision") + 1, updated_at=timezone.now()
    )
    if not saved:
        raise _moved()
    draft.refresh_from_db()
    return draft


def _moved() -> DraftMoved:
    return DraftMoved(
        gettext_noop("This interview was changed on another page. Open it again to go on.")
    )


def drop_skipped(form: FormDef, root: Element, environment: Environment) -> None:
    """Calculate, and blank what does not apply, until it settles: answers decide about answers."""
    for _ in form.questions:
        form.logic.recalculate(root, environment)
        skipped = form.logic.check(root, environment).skipped
        filled = [e for e in root.iter() if e.text and not e.children and e.path() in skipped]
        if not filled:
            return
        for element in filled:
            element.text = ""


def discard(draft: Draft) -> None:
    """Throw an unfinished interview away for good. Raises DraftMoved as `save` does."""
    gone, _ = Draft.objects.filter(pk=draft.pk, revision=draft.revision).delete()
    if not gone:
        raise _moved()


@transaction.atomic
def finish(draft: Draft, *, break_off: bool = False) -> Receipt:
    """Freeze the draft into an interview and receive it; finishing twice is finishing once.

    A break-off is sent as far as it got, whatever the form requires.
    Raises what `receive` raises, and DraftMoved as `save` does; nothing is changed then.
    """
    current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if current is None:
        return _receipt_of(draft)
    if current.revision != draft.revision:
        raise _moved()
    receipt = submissions.receive(
        read_instance(_finished(current)),
        current.site.survey,
        Sender(
            current.enumerator,
            "web",
            must_satisfy=not break_off,
            is_practice=current.is_practice,
        ),
    )
    current.delete()
    return receipt


def _finished(draft: Draft) -> bytes:
    """The bytes of the interview, ended now."""
    form = form_of(draft.version)
    root = tree_of(draft)
    now = timezone.localtime()
    for path, preload in form.preloads.items():
        if preload == "timestamp end":
            fill(root, {path: _moment(now)})
    drop_skipped(form, root, Environment(now=now))
    return write_instance(root)


def _receipt_of(draft: Draft) -> Receipt:
    """The receipt of a draft that another request finished a moment ago."""
    sent = sent_from(draft.pk, draft.enumerator)
    if sent is None:
        raise DraftMoved(gettext_noop("This interview was discarded on another page."))
    return Receipt(sent, created=False)


def sent_from(draft_id: uuid.UUID, enumerator: User) -> Submission | None:
    """What the enumerator's draft became, or None while it is not sent."""
    return Submission.objects.filter(
        instance_id=instance_id_of(draft_id), interview__enumerator=enumerator
    ).first()
