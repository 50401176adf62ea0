"""Who may do what: read off a person's memberships and never off flags or groups."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from surveys.models import Assignment, Membership, Role, SecondVisit, Survey, User
from surveys.models.survey import is_staff, led_by, team_of

__all__ = [
    "PEOPLE_READERS",
    "has_role",
    "is_staff",
    "led_by",
    "may_manage",
    "may_see_identifiers",
    "may_see_people",
    "people_visible_to",
    "works_at_desk",
]
PEOPLE_READERS = (Role.COORDINATOR, Role.SUPERVISOR)  # analysts work without names


def has_role(person: User | AnonymousUser, survey_id: int, *roles: Role) -> bool:
    """Whether the person has one of the roles in the survey; a superuser has every role."""
    if person.is_superuser:
        return True
    return isinstance(person, User) and any((survey_id, role) in person.roles for role in roles)


def works_at_desk(person: User | AnonymousUser) -> bool:
    """Whether the person has work in the office and none in the field: no site, nobody to visit again."""
    key = person.pk
    return is_staff(person) and not (
        Assignment.objects.filter(enumerator=key).exists()
        or SecondVisit.objects.filter(checker=key).exists()
    )


def may_see_people(person: User | AnonymousUser, survey_id: int) -> bool:
    """Whether names of enumerators may be shown."""
    return has_role(person, survey_id, *PEOPLE_READERS)


def may_see_identifiers(person: User | AnonymousUser, survey_id: int) -> bool:
    """Whether answers that say who somebody is may be shown: to who works with these people, and to
    analysts whose membership says so.
    """
    if may_see_people(person, survey_id):
        return True
    return isinstance(person, User) and (survey_id, Role.ANALYST) in person.identifying_roles


def people_visible_to(user: User | AnonymousUser) -> QuerySet[User]:
    """Everybody in the surveys one coordinates, one's team where one supervises, and oneself."""
    if user.is_superuser:
        return User.objects.all()
    coordinated = Survey.objects.with_role(user, Role.COORDINATOR)
    members = Membership.objects.filter(survey__in=coordinated).values("user")
    return User.objects.filter(
        Q(pk__in=members) | Q(pk__in=team_of(user).values("pk")) | Q(pk=user.pk)
    )


def may_manage(coordinator: User | AnonymousUser, person: User) -> bool:
    """Whether an account may be changed: only where all its rights are the coordinator's to give.

    Otherwise whoever coordinates one survey could set the password of a person of another.
    """
    if coordinator.is_superuser:
        return True
    coordinated = Survey.objects.with_role(coordinator, Role.COORDINATOR)
    elsewhere = person.memberships.exclude(survey__in=coordinated)
    shared = person.memberships.filter(survey__in=coordinated)
    return not person.is_superuser and shared.exists() and not elsewhere.exists()
