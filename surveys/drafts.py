"""Unfinished interviews on the server: started, saved as they go on, finished into one."""

import uuid
from collections.abc import Iterator, Mapping, Sequence

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from surveys import (
    draft_files,
    draft_keys,
    draft_logs,
    entity_lists,
    fieldwork,
    readings,
    submissions,
)
from surveys.draft_keys import key_of
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Problem
from surveys.formlogic.tree import Element
from surveys.models import Attachment, Case, Draft, Questionnaire, Site, Submission, User
from surveys.questionnaires import environment_of, form_of
from surveys.submissions import Receipt, Sender, UnsatisfiedForm
from surveys.xforms import correcting, filling
from surveys.xforms.definition import FILES, FormDef
from surveys.xforms.instance import (
    MAX_BYTES,
    InstanceError,
    elements_at,
    find,
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


@transaction.atomic
def open_all(person: User, password: str) -> User:
    """Let a person who signs in carry the key to their drafts, by the password that was checked.

    Those from before there were keys are sealed now.
    """
    person.draft_key = draft_keys.opened(person, password)
    for draft in Draft.objects.select_for_update().filter(enumerator=person, key=None):
        draft.enumerator = person
        put(draft, bytes(draft.sealed))
        draft.save(update_fields=["key", "sealed"])
        draft_files.seal(draft)
        draft_logs.seal(draft)
    return person


def start(
    enumerator: User, site: Site, questionnaire: Questionnaire, case: Case | None = None
) -> Draft:
    """Open an interview at a site, with a case that was selected there, or whoever is met.

    Raises SiteNotYours, FormClosed or KeyClosed.
    """
    fieldwork.require_active_assignment(enumerator, site)
    return begin(Draft(enumerator=enumerator, site=site, case=case), questionnaire)


def begin(draft: Draft, questionnaire: Questionnaire, first: str = "") -> Draft:
    """Store a draft that has its person and place, with all that is known before the first question.

    A second visit says which was the `first` interview. Raises FormClosed or KeyClosed.
    """
    version = questionnaire.versions.light().filter(questionnaire__current=F("pk")).first()
    if questionnaire.state != Questionnaire.State.OPEN or version is None:
        raise FormClosed(gettext_noop("This questionnaire is closed. Ask your coordinator."))
    draft.version = version
    form, metadata = form_of(version), metadata_of(draft.enumerator)
    known = known_answers(form, draft.enumerator, draft.site, first)
    root = filling.begin(form, _environment(draft), metadata, known)
    set_meta(root, "instanceID", instance_id_of(draft.pk))
    put(draft, write_instance(root))
    draft.save(force_insert=True)
    return draft


def put(draft: Draft, xml: bytes) -> None:
    """Seal an instance with its enumerator's key, in the draft, which is not saved. Raises KeyClosed."""
    key = draft.enumerator.draft_key
    if key is None:
        raise draft_keys.closed()
    draft.key_id = key.number
    draft.sealed = key.seal(xml, _label(draft))


def xml_of(draft: Draft) -> bytes:
    """The draft's instance. Raises KeyClosed, FormerKey."""
    return key_of(draft).unseal(bytes(draft.sealed), _label(draft))


def _label(draft: Draft) -> str:
    return f"{draft.pk} xml"


def instance_id_of(draft_id: uuid.UUID) -> str:
    """The id that the finished interview will have: a draft keeps its own."""
    return f"uuid:{draft_id}"


def metadata_of(enumerator: User) -> dict[str, str]:
    """What interviews note of who does them, by the name of the property."""
    return {"deviceid": "web", "username": enumerator.username, "email": enumerator.email}


def known_answers(form: FormDef, enumerator: User, site: Site, first: str = "") -> dict[str, str]:
    """What the server knows before the first question, by path: site, enumerator, city, and the id
    of the first interview.
    """
    known = {
        "site": entity_lists.answer_of(form, form.roles.get("site", ""), site),
        "enumerator": enumerator.username,
        "city": site.city.code if site.city else "",
        "first": first,
    }
    return {form.roles[role]: text for role, text in known.items() if role in form.roles}


def _environment(draft: Draft) -> Environment:
    return environment_of(draft.version, timezone.localtime(), person=draft.enumerator)


def tree_of(draft: Draft) -> Element:
    """The draft's instance as a tree of its own; changing it changes nothing stored. Raises KeyClosed,
    FormerKey.
    """
    return tree_from_xml(xml_of(draft))


@transaction.atomic
def save(draft: Draft, answers: Mapping[str, str], *, add: str = "", remove: str = "") -> Draft:
    """Put answers, keyed by place, into the draft, and calculate; then `add` an instance to a
    repeat, or `remove` one.

    Answers that no longer apply stay until the end: a slip of the thumb must not cost them.
    Raises DraftMoved where another page or device saved a later revision, and InstanceError where
    nothing can be added or removed.
    """
    form, environment, root = form_of(draft.version), _environment(draft), tree_of(draft)
    before = _file_names(form, root)
    filling.change(form, root, answers, environment)
    if add:
        filling.add(form, root, add, environment)
    if remove:
        filling.remove(form, root, remove, environment)
    return _store(draft, root, before)


@transaction.atomic
def replace(draft: Draft, tree: object) -> Draft:
    """Put the whole instance, as a page holds it, in the place of the draft's.

    What the server knows itself stays as it is. Raises DraftMoved as `save` does, and InstanceError
    where the tree is none of the draft's form.
    """
    form, old = form_of(draft.version), tree_of(draft)
    root = filling.adopt(form, tree)
    for place in (*form.preloads, *known_answers(form, draft.enumerator, draft.site)):
        known, given = find(old, place), find(root, place)
        if known is not None and given is not None and known.text:
            given.text = known.text
    set_meta(root, "instanceID", instance_id_of(draft.pk))
    return _store(draft, root, _file_names(form, old))


def _store(draft: Draft, root: Element, files_before: set[str]) -> Draft:
    """Write the next revision; files that no answer names any more are thrown away."""
    store(draft, root)
    draft_files.drop(draft, files_before - _file_names(form_of(draft.version), root))
    return draft


def store(draft: Draft, root: Element) -> None:
    """Write the next revision. Raises DraftMoved where another was written meanwhile."""
    put(draft, written(root))
    now = timezone.now()
    stored = Draft.objects.filter(pk=draft.pk, revision=draft.revision).update(
        key=draft.key_id, sealed=draft.sealed, revision=F("revision") + 1, updated_at=now
    )
    if not stored:
        raise moved()
    draft.revision, draft.updated_at = draft.revision + 1, now


def written(root: Element) -> bytes:
    """A draft's instance as XML. Raises InstanceError where it is too large."""
    xml = write_instance(root)
    if len(xml) > MAX_BYTES:
        raise InstanceError(gettext_noop("The interview's XML is too deep or too large."))
    return xml


def moved() -> DraftMoved:
    """The error of a page that is behind."""
    return DraftMoved(
        gettext_noop("This interview was changed on another page. Open it again to go on.")
    )


def _file_names(form: FormDef, root: Element) -> set[str]:
    return {text for _place, text in _file_answers(form, root)}


def _file_answers(form: FormDef, root: Element) -> Iterator[tuple[str, str]]:
    """The answers that name files, by place."""
    for question in form.questions:
        if question.kind in FILES:
            for element in elements_at(root, question.path.split("/")[2:]):
                if element.text:
                    yield element.path(form.repeats), element.text


def missing_files(draft: Draft, root: Element) -> tuple[Problem, ...]:
    """A problem for each answer in the draft's tree that names a file which is not here."""
    answers = list(_file_answers(form_of(draft.version), root))
    names = draft_files.names_of(draft) if answers else frozenset()
    names |= {file.name for file in files_sent(draft)} if answers else set()
    return tuple(Problem(place, "file") for place, text in answers if text not in names)


def files_sent(draft: Draft) -> Sequence[Attachment]:
    """The files of the version that the draft corrects: the next version takes them over."""
    if draft.corrects_id is None:
        return ()
    return list(Attachment.objects.filter(submission=draft.corrects_id, file__gt=""))


@transaction.atomic
def discard(draft: Draft) -> None:
    """Throw an unfinished interview away for good. Raises DraftMoved as `save` does."""
    draft_files.drop_all(draft)
    gone, _ = Draft.objects.filter(pk=draft.pk, revision=draft.revision).delete()
    if not gone:
        raise moved()


@transaction.atomic
def finish(draft: Draft, *, break_off: bool = False) -> Receipt:
    """Freeze the draft into an interview and receive it with its files; finishing twice is
    finishing once.

    A break-off is sent as far as it got, whatever the form requires.
    Raises what `receive` raises, and DraftMoved as `save` does; nothing is changed then.
    """
    current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if current is None:
        return _receipt_of(draft)
    if current.revision != draft.revision:
        raise moved()
    current.enumerator = draft.enumerator  # who carries the key
    form, root = form_of(current.version), _completed(current)
    missing = missing_files(current, root)
    if missing and not break_off:
        raise UnsatisfiedForm(missing)
    sender = Sender(
        current.enumerator,
        "web",
        must_satisfy=not break_off,
        is_practice=current.is_practice,
        case_code=current.case.code if current.case else "",
        site=current.site,
    )
    logs = _logs(current, form, root)
    instance = read_instance(write_instance(root))
    with draft_files.opened(current, _file_names(form, root)) as files:
        receipt = submissions.receive(instance, current.site.survey, sender, files=[*files, *logs])
    draft_files.drop_all(current)
    current.delete()
    return receipt


def _completed(draft: Draft) -> Element:
    """The draft's instance, brought to its end."""
    form, root = form_of(draft.version), tree_of(draft)
    if draft.corrects is None:
        filling.complete(form, root, _environment(draft))
        return root
    sent = read_instance(bytes(draft.corrects.xml))
    moment, person = draft.corrects.received_at, draft.enumerator
    then = readings.environment_then(draft.version, sent, moment, person)
    correcting.conclude_again(form, root, sent.root, then)
    set_meta(root, "deprecatedID", draft.corrects.instance_id)
    return root


def _logs(draft: Draft, form: FormDef, root: Element) -> list["File[bytes]"]:
    """The log of a form that wants one, named in the tree as devices do."""
    if form.audit is None:
        return []
    log = draft_logs.file_of(draft, form.audit)
    set_meta(root, "audit", log.name or "" if log else "")
    return [log] if log else []


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
