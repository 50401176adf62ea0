"""An entry of a list as its page shows it: its versions, what each changed, and who contradicts whom."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from surveys import entities
from surveys.models import Entity, EntityChange, Interview
from surveys.xforms.declarations import LABEL

DECIDED = EntityChange.Action.DECISION
TAKEN_BACK = EntityChange.Action.WITHDRAWAL


@dataclass(frozen=True)
class Value:
    """A property before and after a change, or as one and the other have it."""

    name: str
    before: str
    after: str
    is_conflict: bool = False


@dataclass(frozen=True)
class Step:
    """A version, or a change that waits: where it came from and what it changed."""

    key: int
    version: int | None
    what: str
    made_at: datetime
    who: str
    interview: Interview | None
    values: Sequence[Value]
    conflict: str
    is_current: bool
    waits_for: str = ""


@dataclass(frozen=True)
class Contradiction:
    """Two versions side by side: `one` was there when `other` came, which knew only `base`.

    Where a correction takes back what somebody else has built on, `one` is the entry as it is now
    and `other` as it was before, 0 where the correction would not have entered it at all.
    """

    base: int | None
    one: int
    other: int
    is_hard: bool
    values: Sequence[Value]
    is_taken_back: bool = False


@dataclass(frozen=True)
class Story:
    """All that happened to an entry, the latest first; `now` is its state by property."""

    now: Sequence[tuple[str, str]]
    steps: Sequence[Step]
    waiting: Sequence[Step]
    contradictions: Sequence[Contradiction]


def story_of(entity: Entity, seen: Collection[int]) -> Story:
    """`seen` are the keys of interviews that the reader may open."""
    rows = list(
        entity.changes.select_related("submission__interview", "submission__sender", "by")
        .defer("submission__xml")
        .order_by("version", "pk")
    )
    states = {row.version or 0: _state(row) for row in rows if row.version}
    applied = sorted((row for row in rows if row.version), key=lambda row: row.version or 0)
    steps = [_step(row, states.get((row.version or 0) - 1, {}), entity, seen) for row in applied]
    waiting = [
        _step(row, states.get(entity.version, {}), entity, seen, _waits_for(row, entity, applied))
        for row in rows
        if not row.version
    ]
    return Story(
        now=[(name, str(text)) for name, text in _state_of(entity).items()],
        steps=steps[::-1],
        waiting=waiting,
        contradictions=list(_contradictions(entity, applied, states)),
    )


def _state(row: EntityChange) -> dict[str, str]:
    return {LABEL: row.label, **row.data}


def _state_of(entity: Entity) -> dict[str, str]:
    return {LABEL: entity.label, **entity.data}


def _step(
    row: EntityChange,
    before: Mapping[str, str],
    entity: Entity,
    seen: Collection[int],
    waits_for: str = "",
) -> Step:
    interview = row.submission.interview if row.submission else None
    return Step(
        key=row.pk,
        version=row.version,
        what=row.get_action_display(),
        made_at=row.made_at,
        who=_who(row),
        interview=interview if interview and interview.pk in seen else None,
        values=_changed(before, {**before, **row.received}, row.conflicts),
        conflict=row.conflict,
        is_current=row.version == entity.version,
        waits_for=waits_for,
    )


def _who(row: EntityChange) -> str:
    person = row.by or (row.submission.sender if row.submission else None)
    return str(person) if person else ""


def _changed(
    before: Mapping[str, str], after: Mapping[str, str], conflicts: Collection[str] = ()
) -> list[Value]:
    names = dict.fromkeys((*before, *after))
    pairs = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return [Value(*pair, pair[0] in conflicts) for pair in pairs if pair[1] != pair[2]]


def _waits_for(row: EntityChange, entity: Entity, applied: Sequence[EntityChange]) -> str:
    if entities.is_strange(entity, row, applied):
        return _("a person’s word: %(person)s never worked at site %(site)s") % {
            "person": _who(row),
            "site": entity.site,
        }
    if not entity.version:
        return _("the interview that enters it in the list")
    return _("an earlier change on the same device, after its version %(number)s") % {
        "number": (row.base_version or 1) - 1
    }


def _contradictions(
    entity: Entity,
    applied: Sequence[EntityChange],
    states: Mapping[int, Mapping[str, str]],
) -> Iterator[Contradiction]:
    """Those on which nobody has decided yet, the latest first."""
    if not entity.conflict:
        return
    for row in reversed(applied):
        if row.action == DECIDED:
            return
        if row.conflict and row.version and row.action == TAKEN_BACK:
            now, before = states[row.version], states.get(row.based_on or 0, {})
            values = [one for one in _changed(now, before) if one.name in row.conflicts]
            base = row.based_on or 0
            yield Contradiction(
                base, row.version, base, is_hard=True, values=values, is_taken_back=True
            )
        elif row.conflict and row.version:
            one, other = states[row.version - 1], states[row.version]
            values = _changed(one, other, row.conflicts)
            is_hard = row.conflict == Entity.Conflict.HARD
            yield Contradiction(row.based_on, row.version - 1, row.version, is_hard, values)
