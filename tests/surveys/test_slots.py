"""Targets shared by people who may be offline: what is reserved for whom, and what came over."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from surveys import fieldwork, slots
from surveys.models import Assignment, Interview, QuestionnaireVersion, Reservation, Site, User
from surveys.slots import MOST, Slots
from surveys.submissions import Sender
from tests.factories import make_enumerator, make_site, make_survey, make_version, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site(make_survey("river"), "S1", target=8)


@pytest.fixture
def first(site: Site) -> User:
    return make_enumerator(site, "E01")


@pytest.fixture
def second(site: Site, first: User) -> User:
    return make_enumerator(site, "E02")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey)


def asks(person: User) -> Slots | None:
    """What the person is told of their only site."""
    sites = list(fieldwork.sites_for(person))
    return slots.reserve(person, sites).get(sites[0].pk)


def sends(person: User, version: QuestionnaireVersion, **answers: str) -> Interview:
    complete = {"psu_id": "S1", "age": "30", "works": "no", **answers}
    return receive(version, Sender(person), **complete).submission.interview


def test_where_one_person_works_nothing_is_reserved(first: User) -> None:
    assert asks(first) is None
    assert not Reservation.objects.exists()


def test_a_target_is_shared_in_the_order_in_which_people_ask(first: User, second: User) -> None:
    assert asks(first) == Slots(left=8, reserved=MOST, others=0)
    assert asks(second) == Slots(left=3, reserved=3, others=5)
    assert asks(first) == Slots(left=5, reserved=5, others=3)


def test_what_one_sends_comes_off_the_own_batch(
    first: User, second: User, version: QuestionnaireVersion
) -> None:
    asks(first)
    asks(second)
    sends(first, version)
    assert asks(second) == Slots(left=3, reserved=3, others=4)
    assert asks(first) == Slots(left=4, reserved=4, others=3)
    sends(second, version, works="yes")
    assert asks(first) == Slots(left=4, reserved=4, others=2)


def test_a_batch_is_filled_up_while_there_is_something_left(
    first: User, second: User, site: Site, version: QuestionnaireVersion
) -> None:
    Site.objects.update(target=20)
    asks(first)
    sends(first, version)
    assert asks(first) == Slots(left=19, reserved=MOST, others=0)


def test_who_does_not_come_back_loses_the_batch(first: User, second: User) -> None:
    asks(first)
    Reservation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert asks(second) == Slots(left=8, reserved=MOST, others=0)
    assert asks(first) == Slots(left=3, reserved=3, others=5)


def test_who_works_elsewhere_now_keeps_the_batch_until_it_expires(
    first: User, second: User
) -> None:
    asks(first)
    third = make_enumerator(Site.objects.get(), "E03")
    Assignment.objects.filter(enumerator=first).update(is_active=False)
    assert asks(third) == Slots(left=3, reserved=3, others=5)


def test_a_full_site_has_nothing_to_share(
    first: User, second: User, site: Site, version: QuestionnaireVersion
) -> None:
    Site.objects.update(target=1)
    sends(first, version)
    assert asks(second) is None


def test_what_was_finished_after_the_target_was_reached_is_beyond(
    first: User, site: Site, version: QuestionnaireVersion
) -> None:
    Site.objects.update(target=2)
    now = timezone.now()
    late, early, between = (sends(first, version) for _ in range(3))
    for interview, minutes in ((late, 9), (early, 1), (between, 5)):
        Interview.objects.filter(pk=interview.pk).update(ended_at=now + timedelta(minutes=minutes))
    found = {one.pk: slots.beyond(one) for one in Interview.objects.select_related("site", "wave")}
    assert found == {late.pk: True, early.pk: False, between.pk: False}
    Interview.objects.filter(pk=early.pk).update(state=Interview.State.REJECTED)
    assert not slots.beyond(Interview.objects.get(pk=late.pk))


def test_the_first_page_and_the_kit_say_what_is_left_for_whom(
    first: User, second: User, version: QuestionnaireVersion, client: Client
) -> None:
    asks(first)
    client.force_login(second)
    assert "3 left for you, 5 reserved by others" in client.get("/").content.decode()
    (kit,) = client.get("/offline/kits.json").json()["kits"]
    assert kit["sites"][0]["slots"] == {"left": 3, "reserved": 3, "others": 5}


@pytest.fixture
def many(transactional_db: None) -> Iterator[list[User]]:
    """Ten people at one site of 8."""
    site = make_site(make_survey(), "S1", target=8)
    yield [make_enumerator(site) for _ in range(10)]
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_people_who_ask_at_once_get_no_more_than_there_is(many: list[User]) -> None:
    def ask(person: User) -> None:
        try:
            asks(person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(ask, many))
    now = timezone.now()
    assert sum(one.reserved for one in Reservation.objects.filter(expires_at__gt=now)) == 8
