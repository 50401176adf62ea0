"""Tokens of devices: who gets one, what opens the door, what closes it."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from surveys import tokens
from surveys.models import DeviceToken, Membership, Role, Site, User
from surveys.tokens import Holder, Issued
from tests.factories import make_enumerator, make_member, make_site, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site(make_survey("river"))


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


@pytest.fixture
def issued(site: Site, person: User, coordinator: User) -> Issued:
    return tokens.issue([person], site.survey, device="Phone 12", by=coordinator)[0]


def test_the_token_opens_its_survey(issued: Issued, person: User) -> None:
    held = tokens.holder_of(issued.clear, "river")
    assert held == Holder(person, issued.token.survey, has_part=True)


@pytest.mark.parametrize("is_superuser", [False, True])
def test_who_has_left_the_survey_has_no_part_in_it_but_a_superuser(
    issued: Issued, person: User, *, is_superuser: bool
) -> None:
    Membership.objects.filter(user=person).delete()
    User.objects.filter(pk=person.pk).update(is_superuser=is_superuser)
    held = tokens.holder_of(issued.clear, "river")
    assert held is not None
    assert held.has_part is is_superuser


def test_only_a_hash_is_stored_and_nothing_prints_the_token(issued: Issued) -> None:
    stored = DeviceToken.objects.values().get()
    assert stored["sha256"] == hashlib.sha256(issued.clear.encode()).hexdigest()
    assert issued.clear not in repr(stored)
    assert issued.clear not in repr(issued)


def test_tokens_are_long_and_fit_an_address(issued: Issued) -> None:
    assert len(issued.clear) == 32
    assert set(issued.clear) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@pytest.mark.parametrize("clear", ["", "wrong", "\x00", "钥匙", "x" * 10_000])
def test_no_other_token_does(issued: Issued, clear: str) -> None:
    assert tokens.holder_of(clear, "river") is None


def test_it_opens_no_other_survey(issued: Issued, person: User) -> None:
    other = make_survey("hill")
    Membership.objects.create(user=person, survey=other, role=Role.ENUMERATOR)
    assert tokens.holder_of(issued.clear, "hill") is None


def test_a_device_is_switched_off_alone(issued: Issued, person: User, coordinator: User) -> None:
    second = tokens.issue([person], issued.token.survey, by=coordinator)[0]
    tokens.revoke(issued.token, by=coordinator)
    assert tokens.holder_of(issued.clear, "river") is None
    assert tokens.holder_of(second.clear, "river") is not None


def test_switching_off_again_keeps_who_did_it_first(
    issued: Issued, person: User, coordinator: User
) -> None:
    tokens.revoke(issued.token, by=coordinator)
    first = DeviceToken.objects.get()
    tokens.revoke(issued.token, by=person)
    again = DeviceToken.objects.get()
    assert (again.revoked_at, again.revoked_by) == (first.revoked_at, coordinator)


def test_a_closed_account_closes_its_devices(issued: Issued, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert tokens.holder_of(issued.clear, "river") is None


def test_finding_takes_one_query_and_a_second_where_the_use_is_noted(
    issued: Issued, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        tokens.holder_of(issued.clear, "river")
    with django_assert_num_queries(1):
        tokens.holder_of(issued.clear, "river")
    with django_assert_num_queries(1):
        tokens.holder_of("wrong", "river")


def test_the_last_use_is_noted_again_after_a_while(issued: Issued) -> None:
    before = timezone.now() - 2 * tokens.NOTED_EVERY
    DeviceToken.objects.update(last_used_at=before)
    tokens.holder_of(issued.clear, "river")
    used = DeviceToken.objects.get().last_used_at
    assert used is not None
    assert used > before + timedelta(seconds=1)


def test_supervisors_enrol_their_team_and_coordinators_everybody(
    site: Site, coordinator: User
) -> None:
    survey = site.survey
    ours, theirs = (make_member(survey, Role.ENUMERATOR, team=team) for team in ("a", "b"))
    supervisor = make_member(survey, Role.SUPERVISOR, team="a")
    away = make_member(survey, Role.ENUMERATOR, team="a")
    User.objects.filter(pk=away.pk).update(is_active=False)
    assert list(tokens.enrollable(survey, by=supervisor)) == [ours]
    assert set(tokens.enrollable(survey, by=coordinator)) == {ours, theirs}


def test_staff_of_another_survey_enrol_and_see_nobody(issued: Issued) -> None:
    survey = issued.token.survey
    other = make_survey()
    for role in (Role.COORDINATOR, Role.SUPERVISOR):
        stranger = make_member(other, role)
        assert not tokens.enrollable(survey, by=stranger)
        assert not DeviceToken.objects.visible_to(stranger)
    assert not DeviceToken.objects.visible_to(make_member(survey, Role.ANALYST))


def test_supervisors_see_the_devices_of_their_team(site: Site, coordinator: User) -> None:
    survey = site.survey
    team = {name: make_member(survey, Role.ENUMERATOR, team=name) for name in ("a", "b")}
    tokens.issue(team.values(), survey, by=coordinator)
    supervisor = make_member(survey, Role.SUPERVISOR, team="a")
    assert [token.user for token in DeviceToken.objects.visible_to(supervisor)] == [team["a"]]
    assert DeviceToken.objects.visible_to(coordinator).count() == 2
