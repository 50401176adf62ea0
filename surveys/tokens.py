"""Tokens of devices: given out once in clear, kept as a hash, switched off one by one."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from surveys.memberships import has_role
from surveys.models import ApiToken, DeviceToken, Membership, Role, Survey, User
from surveys.models.survey import supervises

BYTES = 24  # of chance: nobody guesses 192 bits, and the QR code stays small
NOTED_EVERY = timedelta(minutes=5)  # who asks does so many times in a row; one write is enough
PART = Membership.objects.filter(user=OuterRef("user"), survey=OuterRef("survey"))
# Made once, since making it takes longer than asking it.
VALID = DeviceToken.objects.valid().select_related("user", "survey").annotate(has_part=Exists(PART))


@dataclass(frozen=True)
class Issued:
    """A new token in clear, which nothing keeps; it is never shown by accident."""

    token: DeviceToken
    clear: str = field(repr=False)


def enrollable(survey: Survey, *, by: User) -> QuerySet[User]:
    """Enumerators for whom a person may enrol devices: all, or the team that one supervises."""
    memberships = Membership.objects.filter(
        survey=survey, role=Role.ENUMERATOR, user__is_active=True
    )
    if not has_role(by, survey.pk, Role.COORDINATOR):
        memberships = memberships.filter(supervises(by, survey="survey", person="user"))
    return User.objects.filter(pk__in=memberships.values("user")).order_by("username")


@transaction.atomic
def issue(
    people: Iterable[User], survey: Survey, *, device: str = "", by: User
) -> tuple[Issued, ...]:
    """A new token for a device of each of the people. Earlier ones stay as they are."""
    return tuple(_issue(person, survey, device, by) for person in people)


def _issue(person: User, survey: Survey, device: str, by: User) -> Issued:
    clear = secrets.token_urlsafe(BYTES)
    token = DeviceToken.objects.create(
        user=person, survey=survey, device=device, sha256=hash_of(clear), created_by=by
    )
    return Issued(token, clear)


def revoke(token: DeviceToken, *, by: User) -> None:
    """Switch a device off, for good. Doing so again changes nothing."""
    DeviceToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=by
    )


@dataclass(frozen=True)
class Holder:
    """Whose device it is, and the survey it is enrolled in, in which the person may have no part
    any more.
    """

    person: User
    survey: Survey
    has_part: bool


def holder_of(clear: str, survey_code: str) -> Holder | None:
    """Whose device it is, if the token is valid for that survey.

    Takes one query, and a second one where the use is noted, at most every `NOTED_EVERY`.
    """
    try:
        token: Any = VALID.get(sha256=hash_of(clear), survey__code=survey_code)
    except DeviceToken.DoesNotExist:
        return None
    note_use(token)
    return Holder(token.user, token.survey, token.has_part or token.user.is_superuser)


def note_use(token: DeviceToken | ApiToken) -> None:
    """Write down that a token was used, at most every `NOTED_EVERY`."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
        type(token).objects.filter(pk=token.pk).update(last_used_at=now)


def hash_of(clear: str) -> str:
    """A plain hash is enough: a token is all chance, unlike a password."""
    return hashlib.sha256(clear.encode()).hexdigest()
