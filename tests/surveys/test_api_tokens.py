"""Tokens of programs: what they open, and when no more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys import api_tokens
from surveys.api_tokens import NotAllowed, NotInScope, Scope
from surveys.models import ApiToken, Role, Survey, User
from tests.factories import make_member, make_survey, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
READ = (Scope.READ_INTERVIEWS,)


@pytest.fixture
def survey() -> Survey:
    return make_survey()


@pytest.fixture
def analyst(survey: Survey) -> User:
    return make_member(survey, Role.ANALYST)


def test_it_opens_by_its_text_and_keeps_only_a_hash(analyst: User, survey: Survey) -> None:
    issued = api_tokens.issue(analyst, "script", READ, DAY, None)
    holder = api_tokens.holder_of(issued.clear)
    assert holder is not None
    assert holder.person == analyst
    assert list(holder.surveys) == [survey]
    stored = ApiToken.objects.values().get()
    assert not [value for value in stored.values() if issued.clear in str(value)]
    assert issued.clear not in repr(issued)
    assert stored["last_used_at"] is not None


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"sha256": "0" * 64},
    ],
)
def test_it_opens_no_more(analyst: User, change: dict[str, object]) -> None:
    issued = api_tokens.issue(analyst, "script", READ, DAY, None)
    ApiToken.objects.update(**change)
    assert api_tokens.holder_of(issued.clear) is None


def test_who_may_not_sign_in_has_no_token_either(analyst: User) -> None:
    issued = api_tokens.issue(analyst, "script", READ, DAY, None)
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    assert api_tokens.holder_of(issued.clear) is None


def test_rights_are_those_of_the_moment(analyst: User, survey: Survey) -> None:
    issued = api_tokens.issue(analyst, "script", READ, DAY, None)
    analyst.memberships.update(role=Role.ENUMERATOR)
    holder = api_tokens.holder_of(issued.clear)
    assert holder is not None
    assert not holder.surveys.exists()


def test_bound_to_a_survey_it_opens_no_other_even_when_that_is_gone(
    analyst: User, survey: Survey
) -> None:
    other = make_survey()
    analyst.memberships.create(survey=other, role=Role.ANALYST)
    holder = api_tokens.holder_of(api_tokens.issue(analyst, "s", READ, DAY, [other]).clear)
    assert holder is not None
    assert list(holder.surveys) == [other]
    other.delete()
    assert not holder.surveys.exists()


def test_a_scope_that_it_does_not_have_is_named(analyst: User) -> None:
    holder = api_tokens.holder_of(api_tokens.issue(analyst, "s", READ, DAY, None).clear)
    assert holder is not None
    holder.require(Scope.READ_INTERVIEWS)
    with pytest.raises(NotInScope, match="read:estimates"):
        holder.require(Scope.READ_ESTIMATES)


def test_nobody_gets_more_than_a_year_or_others_surveys(analyst: User) -> None:
    for lasts in (timedelta(days=366), timedelta()):
        with pytest.raises(NotAllowed):
            api_tokens.issue(analyst, "s", READ, lasts, None)
    with pytest.raises(NotAllowed):
        api_tokens.issue(analyst, "s", READ, DAY, [make_survey()])
    with pytest.raises(NotAllowed):
        api_tokens.issue(make_user(), "s", READ, DAY, None)
    assert not ApiToken.objects.exists()


def test_coordinators_see_what_opens_their_surveys(analyst: User, survey: Survey) -> None:
    coordinator = make_member(survey, Role.COORDINATOR)
    elsewhere = make_survey()
    analyst.memberships.create(survey=elsewhere, role=Role.ANALYST)
    whole = api_tokens.issue(analyst, "whole", READ, DAY, None).token
    ours = api_tokens.issue(analyst, "ours", READ, DAY, [survey]).token
    theirs = api_tokens.issue(analyst, "theirs", READ, DAY, [elsewhere]).token
    assert set(ApiToken.objects.visible_to(coordinator)) == {whole, ours}
    assert set(ApiToken.objects.visible_to(analyst)) == {whole, ours, theirs}
    assert not ApiToken.objects.visible_to(make_user()).exists()


def test_switching_off_says_who_did(analyst: User, survey: Survey) -> None:
    coordinator = make_member(survey, Role.COORDINATOR)
    token = api_tokens.issue(analyst, "s", READ, DAY, None).token
    api_tokens.revoke(token, by=coordinator)
    api_tokens.revoke(token, by=analyst)
    token.refresh_from_db()
    assert token.revoked_by == coordinator
