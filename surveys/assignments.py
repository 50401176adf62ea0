"""Who works where: sites shared out among enumerators."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from surveys.models import Assignment, Membership, Role, Site, Survey, User


def enumerators_of(survey: Survey) -> QuerySet[User]:
    """Who may be given work, by name."""
    work = Membership.objects.filter(survey=survey, role=Role.ENUMERATOR)
    return User.objects.filter(pk__in=work.values("user"), is_active=True).order_by("username")


def without_anybody(sites: QuerySet[Site]) -> QuerySet[Site]:
    """Those at which nobody works now, neighbours after each other."""
    working = Assignment.objects.filter(is_active=True)
    return sites.exclude(pk__in=working.values("site")).order_by("city__code", "psu", "code")


@transaction.atomic
def spread(survey: Survey, sites: QuerySet[Site], people: Sequence[User], *, by: User) -> int:
    """Share those of the survey's sites at which nobody works out evenly: neighbours to the same person, each site to
    one person with its whole target, nobody with more than one site over another. How many that were.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)  # one at a time
    free = list(without_anybody(sites).filter(survey=survey)) if people else []
    earlier = {
        (one.site_id, one.enumerator_id): one for one in Assignment.objects.filter(site__in=free)
    }
    new: list[Assignment] = []
    again: list[Assignment] = []
    for number, site in enumerate(free):
        person = people[number * len(people) // len(free)]
        known = earlier.get((site.pk, person.pk))
        one = known or Assignment(site=site, enumerator=person)
        one.target, one.is_active = site.target, True
        (again if known else new).append(one)
    bulk_update_with_history(again, Assignment, ["target", "is_active"], default_user=by)
    bulk_create_with_history(new, Assignment, batch_size=500, default_user=by)
    return len(free)
