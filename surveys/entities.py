"""Entries of lists, created and changed by interviews: in order, with every version and conflict kept."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import takewhile

from django.db import transaction
from django.db.models import QuerySet

from surveys import fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.keys.sealed import is_readable
from surveys.models import Entity, EntityChange, EntityList, Interview, Site, Submission, User
from surveys.questionnaires import form_of
from surveys.xforms.declarations import KEPT, LABEL
from surveys.xforms.entities import Change, changes_in
from surveys.xforms.instance import Instance, read_instance
from surveys.xforms.merging import HARD, Claim, Version, foundation, merge, worse

Action = EntityChange.Action
SITE = "site"  # the property by which an entry moves to another site's devices
COUNTS_NOT = frozenset({Interview.State.QUARANTINED, Interview.State.REJECTED})


class UnknownVersion(SurveyError):
    """A version that an entry does not have."""

    status = 404


class ChangedMeanwhile(SurveyError):
    """An entry that is not any more what a person saw who decides on it."""

    status = 409


class KeptBySurvey(SurveyError):
    """An entry that follows the tables of the survey."""

    status = 409


def apply(submission: Submission, instance: Instance) -> None:
    """Take over what an interview creates and changes, once, in the transaction that stores it.

    Interviews in quarantine, rejected ones and practice change nothing; `follow` takes them over
    when they are released. Of an earlier version than the current one, the current one is taken.
    """
    interview = submission.interview
    if interview.current_id != submission.pk:
        follow(interview)
        return
    form = form_of(submission.version) if submission.version else None
    is_out = interview.is_practice or interview.state in COUNTS_NOT or instance.is_encrypted
    if form is not None and form.entities and not is_out:
        changes = changes_in(form, instance.root, interview.skipped)
        _take(changes, submission)


def follow(interview: Interview) -> None:
    """Take over what an interview creates and changes, now that it counts, in the transaction that
    lets it count; doing so again changes nothing.
    """
    current = interview.current
    if current is None or current.version is None or not is_readable(current.xml):
        return
    if form_of(current.version).entities:
        current.interview = interview  # as it is now, whatever it was when it was loaded
        apply(current, read_instance(bytes(current.xml)))


def _take(changes: Sequence[Change], submission: Submission) -> None:
    before = _changes_before(submission)
    names = {change.dataset for change in changes}
    lists = _held(submission, names | {*before.values_list("entity__list__name", flat=True)})
    taken = set(submission.entity_changes.values_list("place", flat=True))
    for change in changes:
        is_theirs = not (change.creates and change.dataset in KEPT)
        if change.dataset in lists and _hash(change.place) not in taken and is_theirs:
            _note(lists[change.dataset], change, submission)
    said = {(change.dataset, change.uuid) for change in changes}
    for entity in Entity.objects.filter(changes__in=before).select_related("list").distinct():
        if (entity.list.name, entity.uuid) not in said:
            _withdraw(entity, submission)


def _changes_before(submission: Submission) -> QuerySet[EntityChange]:
    """What earlier versions of a corrected interview said."""
    if not submission.deprecated_id:
        return EntityChange.objects.none()
    own = EntityChange.objects.filter(submission__interview=submission.interview_id)
    return own.exclude(submission=submission)


def _hash(place: str) -> str:
    """Of a place, which may be longer than what an index of the database takes."""
    return sha256(place.encode()).hexdigest()


def _held(submission: Submission, names: set[str]) -> dict[str, EntityList]:
    """The lists, held until the transaction ends, always in the same order."""
    own = EntityList.objects.filter(survey=submission.questionnaire.survey_id, name__in=names)
    return {one.name: one for one in own.select_for_update().order_by("pk")}


def _note(entity_list: EntityList, change: Change, submission: Submission) -> None:
    """Keep a change, and apply whatever can be applied now."""
    entity, _ = Entity.objects.get_or_create(list=entity_list, uuid=change.uuid)
    creates = change.creates and not (change.updates and entity.version)
    row = EntityChange(
        entity=entity,
        action=Action.CREATE if creates else Action.UPDATE,
        submission=submission,
        place=_hash(change.place),
        received=_unkept(entity, change.received),
        base_version=change.base_version,
        trunk_version=change.trunk_version,
        branch_id=change.branch_id,
    )
    before = _changes_before(submission).filter(entity=entity)
    before.filter(version=None).delete()  # while it waits, the interview may say something else
    if not before.exists() or _corrects(row, submission):
        row.save()
        _settle(entity)


def _unkept(entity: Entity, values: Mapping[str, str]) -> dict[str, str]:
    """The values that are not for the survey itself to keep."""
    name = entity.list.name
    kept = (*KEPT[name], LABEL) if name in KEPT else ()
    return {name: text for name, text in values.items() if name not in kept}


def _corrects(row: EntityChange, submission: Submission) -> bool:
    """Let a change say only what its interview did not say before, and build on that; whether there
    is anything.
    """
    entity, applied = row.entity, _applied(row.entity)
    own = _said_by(submission, applied)
    said = {name: text for one in own for name, text in one.received.items()}
    row.received = {name: text for name, text in row.received.items() if said.get(name) != text}
    row.action, row.trunk_version, row.branch_id = Action.UPDATE, None, ""
    row.base_version = max(one.version or 0 for one in applied if _is_by(submission, one))
    return not own or bool(row.received) or site_of(entity, applied) != entity.site_id


def _applied(entity: Entity) -> list[EntityChange]:
    rows = entity.changes.filter(version__isnull=False).order_by("version")
    return list(_with_interviews(rows))


def _with_interviews(rows: QuerySet[EntityChange]) -> QuerySet[EntityChange]:
    found = rows.select_related("submission__interview", "submission__sender")
    return found.defer("submission__xml")


def _is_by(submission: Submission, row: EntityChange) -> bool:
    """Whether it comes from the same interview, of whichever version."""
    return row.submission is not None and row.submission.interview_id == submission.interview_id


def _said_by(submission: Submission, applied: Sequence[EntityChange]) -> list[EntityChange]:
    """What the interview has said of the entry since it last took all of that back."""
    own = [row for row in applied if _is_by(submission, row)]
    backwards = takewhile(lambda row: row.action != Action.WITHDRAWAL, reversed(own))
    return [*backwards][::-1]


def _withdraw(entity: Entity, submission: Submission) -> None:
    """Take back what earlier versions of an interview said of an entry that its correction leaves
    alone. What somebody else has changed since stays as it is, which is a conflict.
    """
    _changes_before(submission).filter(entity=entity, version=None).delete()
    applied = _applied(entity)
    own = _said_by(submission, applied)
    if own:
        _take_back(entity, submission, applied, own)
    elif not entity.changes.exists():
        entity.delete()


def _take_back(
    entity: Entity,
    submission: Submission,
    applied: Sequence[EntityChange],
    own: Sequence[EntityChange],
) -> None:
    base = (own[0].version or 1) - 1
    before = _version_of(applied[base - 1]).values if base else {}
    said = {name for row in own for name in row.received}
    others = [row for row in applied[base:] if row not in own and row.action != Action.SURVEY]
    theirs = {name for row in others for name in row.received}
    disputed = said & theirs if base else theirs
    restored = {name: before.get(name, "") for name in said - theirs} if base else {}
    row = EntityChange(
        entity=entity,
        action=Action.WITHDRAWAL,
        submission=submission,
        place=_hash(f"-{entity.pk}"),
        received=restored,
        version=entity.version + 1,
        based_on=base or None,
        conflict=HARD if disputed else "",
        conflicts=sorted(disputed),
    )
    values = {**_version_of(applied[-1]).values, **restored}
    _become(entity, row, {name: text for name, text in values.items() if text or name in before})
    entity.site_id = site_of(entity, applied)
    entity.conflict = worse(entity.conflict, row.conflict)
    entity.is_gone = entity.is_gone or not (base or disputed)
    row.save()
    entity.save()
    _settle(entity)


def _settle(entity: Entity) -> None:
    """Apply all changes whose foundation is here, each as soon as it is, and keep the others."""
    rows = list(_with_interviews(entity.changes.order_by("version", "pk")))
    applied = sorted((row for row in rows if row.version), key=lambda row: row.version or 0)
    waiting = [row for row in rows if not row.version]
    while ready := next(_ready(entity, waiting, applied), None):
        row, base = ready
        waiting.remove(row)
        _append(entity, row, base, applied)
    entity.save()


def _ready(
    entity: Entity, waiting: Sequence[EntityChange], applied: Sequence[EntityChange]
) -> Iterator[tuple[EntityChange, Version | None]]:
    versions = [_version_of(row) for row in applied]
    for row in waiting:
        base = None if row.action == Action.CREATE else foundation(_claim_of(row), versions)
        if (base or row.action == Action.CREATE) and not is_strange(entity, row, applied):
            yield row, base


def is_strange(entity: Entity, row: EntityChange, applied: Sequence[EntityChange]) -> bool:
    """Whether a change comes from somebody who has nothing to do with the entry: never worked at its
    site, was not there for this interview, and has not made or changed the entry by it before.

    Such a change waits until a person releases it: who got to know an id could say anything.
    """
    submission, site = row.submission, entity.site
    if submission is None or submission.sender is None or site is None:
        return False
    is_known = submission.interview.site_id == site.pk or any(
        _is_by(submission, one) for one in applied
    )
    return not is_known and not fieldwork.is_assigned(submission.sender, site)


def _append(
    entity: Entity, row: EntityChange, base: Version | None, applied: list[EntityChange]
) -> None:
    """Make a change the entry's newest version."""
    if applied:
        merged = merge(row.received, _claim_of(row), base, [_version_of(one) for one in applied])
        values, row.conflict, row.conflicts = merged.values, merged.conflict, [*merged.conflicts]
        entity.conflict = worse(entity.conflict, merged.conflict)
    else:
        values = row.received
    if applied and applied[-1].action == Action.WITHDRAWAL and _is_same(applied[-1], row):
        entity.is_gone = False
    row.version, row.based_on = len(applied) + 1, base.number if base else None
    applied.append(row)
    _become(entity, row, values)
    entity.site_id = site_of(entity, applied)
    row.save()


def _is_same(one: EntityChange, other: EntityChange) -> bool:
    """Whether two changes come from one interview."""
    return one.submission is not None and _is_by(one.submission, other)


def _become(entity: Entity, row: EntityChange, values: Mapping[str, str]) -> None:
    """The entry as it is after a change, and the change with it."""
    data = {name: text for name, text in values.items() if name != LABEL}
    entity.label = row.label = values.get(LABEL, "")
    entity.data = row.data = data
    entity.version = row.version or 0


def site_of(entity: Entity, applied: Sequence[EntityChange]) -> int | None:
    """Where the property `site` says, else where the interview was that entered it, else where it is;
    what the survey keeps is where the survey has it.
    """
    maker = applied[0].submission.interview.site_id if applied[0].submission else None
    code = entity.data.get(SITE)
    if entity.list.name in KEPT:
        return entity.site_id
    if not code:
        return maker or entity.site_id
    named = Site.objects.filter(survey=entity.list.survey_id, code=code).first()
    return named.pk if named else entity.site_id or maker


def _claim_of(row: EntityChange) -> Claim:
    return Claim(row.base_version, row.trunk_version, row.branch_id)


def _version_of(row: EntityChange) -> Version:
    values = {**row.data, LABEL: row.label} if row.label else row.data
    return Version(row.version or 0, values, _claim_of(row), row.action == Action.SURVEY)


@transaction.atomic
def keep(entity: Entity, number: int, *, seen: int, by: User) -> Entity:
    """Decide a conflict: the entry stays or becomes again what it was as that version.

    `seen` is the version that the person had before their eyes. Raises UnknownVersion, and
    ChangedMeanwhile where it is not the latest any more.
    """
    entity = _locked(entity)
    applied = _applied(entity)
    wanted = next((row for row in applied if row.version == number), None)
    if wanted is None:
        raise UnknownVersion(gettext_noop("There is no version %(number)s."), number=number)
    if seen != entity.version:
        raise ChangedMeanwhile(gettext_noop("It was changed since you opened it. Look again."))
    if number != entity.version:
        _decide(entity, wanted, applied, by)
    entity.conflict = ""
    entity.save()
    _settle(entity)
    return entity


def _decide(
    entity: Entity, wanted: EntityChange, applied: Sequence[EntityChange], by: User
) -> None:
    """Let the entry be what it was as that version, but for what the survey itself keeps."""
    now = _version_of(applied[-1]).values
    own = _unkept(entity, _version_of(wanted).values)
    values = {name: text for name, text in now.items() if name not in _unkept(entity, now)} | own
    row = EntityChange(
        entity=entity,
        action=Action.DECISION,
        by=by,
        received=own,
        version=entity.version + 1,
        based_on=wanted.version,
    )
    _become(entity, row, values)
    entity.site_id = site_of(entity, applied)
    row.save()


@transaction.atomic
def release(change: EntityChange, *, by: User) -> Entity:
    """Apply a change without what it waits for: on what it was made on, else on the latest version."""
    entity = _locked(change.entity)
    row = _with_interviews(entity.changes.all()).get(pk=change.pk)
    if row.version is None:
        applied = _applied(entity)
        versions = [_version_of(one) for one in applied]
        row.by = by
        base = foundation(_claim_of(row), versions) or (versions[-1] if versions else None)
        _append(entity, row, base, applied)
    _settle(entity)
    return entity


@transaction.atomic
def set_gone(entity: Entity, *, is_gone: bool) -> None:
    """Take an entry from its list, so that devices forget it, or put it back.

    Raises KeptBySurvey.
    """
    entity = _locked(entity)
    if entity.list.name in KEPT:
        raise KeptBySurvey(
            gettext_noop(
                "The survey itself keeps the list %(name)s: nothing can be taken from it here."
            ),
            name=entity.list.name,
        )
    entity.is_gone = is_gone
    entity.save(update_fields=["is_gone", "changed_at"])


def _locked(entity: Entity) -> Entity:
    """The entry as it is, its list held."""
    EntityList.objects.select_for_update().get(pk=entity.list_id)
    return Entity.objects.select_related("list").get(pk=entity.pk)
