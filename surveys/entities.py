"""Entries of lists, created and changed by interviews: in order, with every version and conflict kept."""

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Entity, EntityChange, EntityList, Interview, Site, Submission, User
from surveys.questionnaires import form_of
from surveys.xforms.declarations import KEPT, LABEL
from surveys.xforms.entities import Change, changes_in
from surveys.xforms.instance import Instance, read_instance
from surveys.xforms.merging import Claim, Version, foundation, merge, worse

Action = EntityChange.Action
SITE = "site"  # the property by which an entry moves to another site's devices
COUNTS_NOT = frozenset({Interview.State.QUARANTINED, Interview.State.REJECTED})


class UnknownVersion(SurveyError):
    """A version that an entry does not have."""

    status = 404


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
    if current is not None and current.version is not None and form_of(current.version).entities:
        current.interview = interview  # as it is now, whatever it was when it was loaded
        apply(current, read_instance(bytes(current.xml)))


def _take(changes: Sequence[Change], submission: Submission) -> None:
    lists = _held(submission, {change.dataset for change in changes})
    taken = set(submission.entity_changes.values_list("place", flat=True))
    for change in changes:
        is_theirs = not (change.creates and change.dataset in KEPT)
        if change.dataset in lists and change.place not in taken and is_theirs:
            _note(lists[change.dataset], change, submission)


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
        place=change.place,
        received=dict(change.received),
        base_version=change.base_version,
        trunk_version=change.trunk_version,
        branch_id=change.branch_id,
    )
    earlier = _earlier(entity, submission)
    if earlier is not None:
        if earlier.received == row.received:
            return
        row.action, row.base_version = Action.UPDATE, earlier.version
        row.trunk_version, row.branch_id = None, ""
    row.save()
    _settle(entity)


def _earlier(entity: Entity, submission: Submission) -> EntityChange | None:
    """What an earlier version of the same interview made of the entry."""
    own = entity.changes.filter(submission__interview=submission.interview_id)
    return own.exclude(submission=submission).filter(version__isnull=False).last()


def _settle(entity: Entity) -> None:
    """Apply all changes whose foundation is here, each as soon as it is, and keep the others."""
    rows = list(entity.changes.order_by("version", "pk"))
    applied = sorted((row for row in rows if row.version), key=lambda row: row.version or 0)
    waiting = [row for row in rows if not row.version]
    while ready := next(_ready(waiting, applied), None):
        row, base = ready
        waiting.remove(row)
        _append(entity, row, base, applied)
    entity.save()


def _ready(
    waiting: Sequence[EntityChange], applied: Sequence[EntityChange]
) -> Iterator[tuple[EntityChange, Version | None]]:
    versions = [_version_of(row) for row in applied]
    for row in waiting:
        if row.action == Action.CREATE:
            yield row, None
        elif base := foundation(_claim_of(row), versions):
            yield row, base


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
    row.version, row.based_on = len(applied) + 1, base.number if base else None
    _become(entity, row, values)
    entity.site_id = _site_of(entity, row)
    row.save()
    applied.append(row)


def _become(entity: Entity, row: EntityChange, values: Mapping[str, str]) -> None:
    """The entry as it is after a change, and the change with it."""
    data = {name: text for name, text in values.items() if name != LABEL}
    entity.label = row.label = values.get(LABEL, "")
    entity.data = row.data = data
    entity.version = row.version or 0


def _site_of(entity: Entity, row: EntityChange) -> int | None:
    """Where the property `site` says, else where it is, else where the interview was."""
    code = row.received.get(SITE)
    named = Site.objects.filter(survey=entity.list.survey_id, code=code).first() if code else None
    if named is not None:
        return named.pk
    was_at = row.submission.interview.site_id if row.submission else None
    return entity.site_id or was_at


def _claim_of(row: EntityChange) -> Claim:
    return Claim(row.base_version, row.trunk_version, row.branch_id)


def _version_of(row: EntityChange) -> Version:
    values = {**row.data, LABEL: row.label} if row.label else row.data
    return Version(row.version or 0, values, _claim_of(row), row.action == Action.SURVEY)


@transaction.atomic
def keep(entity: Entity, number: int, *, by: User) -> Entity:
    """Decide a conflict: the entry stays or becomes again what it was as that version.

    Raises UnknownVersion.
    """
    entity = _locked(entity)
    wanted = entity.changes.filter(version=number).first() if number else None
    if wanted is None:
        raise UnknownVersion(gettext_noop("There is no version %(number)s."), number=number)
    if number != entity.version:
        row = EntityChange(
            entity=entity,
            action=Action.DECISION,
            by=by,
            received=dict(_version_of(wanted).values),
            version=entity.version + 1,
            based_on=number,
        )
        _become(entity, row, _version_of(wanted).values)
        row.save()
    entity.conflict = ""
    entity.save()
    _settle(entity)
    return entity


@transaction.atomic
def release(change: EntityChange, *, by: User) -> Entity:
    """Apply a change without what it waits for, on the latest version there is."""
    entity = _locked(change.entity)
    row = entity.changes.get(pk=change.pk)
    if row.version is None:
        applied = list(entity.changes.filter(version__isnull=False).order_by("version"))
        row.by = by
        _append(entity, row, _version_of(applied[-1]) if applied else None, applied)
    _settle(entity)
    return entity


@transaction.atomic
def set_gone(entity: Entity, *, is_gone: bool) -> None:
    """Take an entry from its list, so that devices forget it, or put it back."""
    entity = _locked(entity)
    entity.is_gone = is_gone
    entity.save(update_fields=["is_gone", "changed_at"])


def _locked(entity: Entity) -> Entity:
    """The entry as it is, its list held."""
    EntityList.objects.select_for_update().get(pk=entity.list_id)
    return Entity.objects.select_related("list").get(pk=entity.pk)
