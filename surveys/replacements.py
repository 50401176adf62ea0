"""Units of a sample that cannot be done: who comes in for them, in the order that was drawn."""

from collections.abc import Iterable, Iterator, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from surveys.errors import SurveyError, gettext_noop
from surveys.frames import bring, unit_of
from surveys.models import Assignment, Draw, DrawnUnit, Replacement, Site, User
from surveys.sampling import draws
from surveys.sampling.draws import Selection, StratumDraw
from surveys.sampling.plan import Plan
from surveys.sampling.replacement import Refusal, Substitution, substitute

WHY = {
    Refusal.NOT_IN_THE_FIELD: gettext_noop("%(code)s is not among the sites of this sample."),
    Refusal.REPLACED_ALREADY: gettext_noop("%(code)s was replaced already."),
    Refusal.NONE_LEFT: gettext_noop(
        "No replacement is left in the stratum of %(code)s. Draw another sample with more of them."
    ),
    Refusal.NO_REASON: gettext_noop("Say why %(code)s cannot be done."),
}


class NotReplaced(SurveyError):
    """Nobody comes in for a unit."""

    status = 409


def in_the_field(kept: Draw) -> QuerySet[DrawnUnit]:
    """The units to be done now: drawn or come in, and not replaced."""
    came_in = Q(is_reserve=False) | Q(stands_in__isnull=False)
    return kept.units.filter(came_in, replacement=None)


def next_for(kept: Draw, unit: DrawnUnit) -> DrawnUnit:
    """Who would come in for the unit. Raises NotReplaced where nobody can."""
    units = {one.code: one for one in kept.units.select_related("city")}
    return units[_substitution(kept, units, unit, reason="?").by]


@transaction.atomic
def replace(kept: Draw, unit: DrawnUnit, reason: str, *, by: User) -> Replacement:
    """Let the next of the reserve come in for a unit that cannot be done, and log why.

    The site that came in has the target and the people of the one that went, whose interviews stay.
    Raises NotReplaced.
    """
    held = Draw.objects.select_for_update().get(pk=kept.pk)
    units = {one.code: one for one in held.units.select_related("city", "site")}
    entry = _substitution(held, units, unit, reason)
    gone, came = units[entry.replaced], units[entry.by]
    bring(held, [came], by)
    _hand_over(gone.site, came.site_id, by)
    return Replacement.objects.create(
        replaced=gone, by_unit=came, original=units[entry.original], reason=entry.reason, by=by
    )


def _substitution(
    kept: Draw, units: Mapping[str, DrawnUnit], unit: DrawnUnit, reason: str
) -> Substitution:
    found = substitute(_drawn(kept, units.values()), list(_log(kept)), unit.code, reason)
    if isinstance(found, Refusal):
        raise NotReplaced(WHY[found], code=unit.code)
    return found


def _drawn(kept: Draw, units: Iterable[DrawnUnit]) -> draws.Draw:
    """The draw as it came out, from what was kept of it."""
    selected: dict[str, list[Selection]] = {name: [] for name in kept.strata}
    reserve: dict[str, list[Selection]] = {name: [] for name in kept.strata}
    for row in units:
        part = reserve if row.is_reserve else selected
        part[row.stratum].append(Selection(unit_of(row), row.place, row.probability))
    strata = (
        StratumDraw(name, of["population"], of["size"], tuple(selected[name]), tuple(reserve[name]))
        for name, of in kept.strata.items()
    )
    return draws.Draw(kept.seed, Plan.read(kept.plan), tuple(strata))


def _log(kept: Draw) -> Iterator[Substitution]:
    rows = Replacement.objects.filter(replaced__draw=kept)
    for row in rows.select_related("replaced", "by_unit", "original"):
        gone, came = row.replaced, row.by_unit
        yield Substitution(gone.code, came.code, gone.stratum, row.original.code, row.reason)


def _hand_over(gone: Site | None, came: int | None, by: User) -> None:
    """Nothing is left to do at the one site; whoever works there works at the other."""
    if gone is None or came is None:
        return
    gone.target = 0
    bulk_update_with_history([gone], Site, ["target"], default_user=by)
    working = list(gone.assignments.filter(is_active=True))
    known = {one.enumerator_id: one for one in Assignment.objects.filter(site=came)}
    new = [
        Assignment(site_id=came, enumerator_id=one.enumerator_id, target=one.target)
        for one in working
        if one.enumerator_id not in known
    ]
    back = []
    for one in working:
        one.is_active = False
        if one.enumerator_id in known:
            again = known[one.enumerator_id]
            again.is_active, again.target = True, max(again.target, one.target)
            back.append(again)
    changed = [*working, *back]
    bulk_update_with_history(changed, Assignment, ["is_active", "target"], default_user=by)
    bulk_create_with_history(new, Assignment, default_user=by)
