"""Tokens of programs: given out once in clear, kept as a hash, ended after a year at the latest."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from surveys.errors import SurveyError, gettext_noop
from surveys.models import ApiToken, Survey, User
from surveys.models.survey import STAFF_ROLES
from surveys.tokens import hash_of, note_use

Scope = ApiToken.Scope
MARK = "fst_"  # by which a token is found where it should not be, such as in a repository
BYTES = 32
LONGEST = timedelta(days=365)


class NotAllowed(SurveyError):
    """A token that its person may not have."""

    status = 403


class NotInScope(SurveyError):
    """A token that was not made for this."""

    status = 403


@dataclass(frozen=True)
class Issued:
    """A new token in clear, which nothing keeps; it is never shown by accident."""

    token: ApiToken
    clear: str = field(repr=False)


@dataclass(frozen=True)
class Holder:
    """Who asks through a token, and what the token was made for."""

    token: ApiToken

    @property
    def person(self) -> User:
        return self.token.person

    @property
    def surveys(self) -> QuerySet[Survey]:
        """Where the person is staff now, and the token is meant for."""
        staffed = surveys_for(self.person)
        if self.token.is_of_all:
            return staffed
        return staffed.filter(pk__in=self.token.surveys.values("pk"))

    def require(self, scope: Scope) -> None:
        """Raises NotInScope."""
        if scope not in self.token.scopes:
            raise NotInScope(
                gettext_noop(
                    "This token may not do that: it needs “%(scope)s”. Make another token in the "
                    "office, under API tokens."
                ),
                scope=scope.value,
            )


def surveys_for(person: User) -> QuerySet[Survey]:
    """The surveys that a person may open to a program: where they are staff."""
    return Survey.objects.with_role(person, *STAFF_ROLES)


@transaction.atomic
def issue(
    person: User,
    name: str,
    scopes: Collection[Scope],
    lasts: timedelta,
    surveys: Collection[Survey] | None,
) -> Issued:
    """A new token for oneself; where surveys are None it opens all in which one is staff at any time.

    Raises NotAllowed where the person is not staff in a survey, or it would last too long.
    """
    allowed = set(surveys_for(person).values_list("pk", flat=True))
    if not allowed or any(survey.pk not in allowed for survey in surveys or ()):
        raise NotAllowed(
            gettext_noop("Tokens are for the surveys in which you work in the office.")
        )
    if not timedelta() < lasts <= LONGEST:
        raise NotAllowed(gettext_noop("A token lasts for 1 to %(days)s days."), days=LONGEST.days)
    clear = MARK + secrets.token_urlsafe(BYTES)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        scopes=sorted(scopes),
        is_of_all=surveys is None,
        sha256=hash_of(clear),
        expires_at=timezone.now() + lasts,
    )
    token.surveys.set(surveys or ())
    return Issued(token, clear)


def revoke(token: ApiToken, *, by: User) -> None:
    """Switch a token off, for good. Doing so again changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=by
    )


def holder_of(clear: str) -> Holder | None:
    """Who asks, if the token is valid; its use is noted."""
    token = ApiToken.objects.valid().select_related("person").filter(sha256=hash_of(clear)).first()
    if token is None:
        return None
    note_use(token)
    return Holder(token)
