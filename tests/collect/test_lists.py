"""Devices with lists, over real HTTP: fetched, changed offline, sent in any order, all the same."""

from random import Random

import pytest

from surveys import questionnaires
from surveys.models import Entity, EntityChange, Role, Site
from tests.collect.device import Collect, State
from tests.collect.fieldwork import path_for
from tests.collect.lists import Phone
from tests.collect.web import Web
from tests.factories import make_enumerator, make_member, workbook
from tests.surveys import panel

LI, WANG = "3b241101-e2bb-4255-8caf-4136c566a962", "5d241101-e2bb-4255-8caf-4136c566a963"


@pytest.fixture
def site(transactional_db: None) -> Site:
    site, _ = panel.begin()
    return site


@pytest.fixture
def phones(web: Web, site: Site) -> list[Phone]:
    """Two people of one site, each with a device."""
    by = make_member(site.survey, Role.COORDINATOR)
    people = [make_enumerator(site, name) for name in ("E11", "E12")]
    return [Phone(Collect(web.url + path_for(person, site, by))) for person in people]


def send(*phones: Phone, random: Random | None = None) -> None:
    """All that waits on the devices, in the order in which it was done or in any."""
    waiting = [(phone, record) for phone in phones for record in phone.outbox]
    if random:
        random.shuffle(waiting)
    for phone, record in waiting:
        assert phone.collect.send(record) == State.SENT
        phone.outbox.remove(record)


def test_what_one_enters_the_other_visits(site: Site, phones: list[Phone]) -> None:
    first, second = phones
    first.enter(LI, phone="139", job="cook")
    send(first)
    assert second.fetch()
    second.visit(LI, job="mason")
    send(second)
    assert first.fetch()
    assert first.entries[LI].values == {"phone": "139", "job": "mason"}
    assert not first.fetch()


@pytest.mark.parametrize("seed", range(4))
def test_a_day_without_a_network_comes_to_the_same_in_any_order(
    site: Site, phones: list[Phone], seed: int
) -> None:
    first, second = phones
    first.enter(LI, phone="1", job="cook")
    for number in range(2, 6):
        first.visit(LI, phone=str(number))
    second.enter(WANG, phone="7")
    second.visit(WANG, job="mason")
    send(first, second, random=Random(seed))
    assert {one.uuid: (one.data, one.conflict) for one in Entity.objects.all()} == {
        LI: ({"phone": "5", "job": "cook"}, ""),
        WANG: ({"phone": "7", "job": "mason"}, ""),
    }
    for phone in phones:
        phone.fetch()
    assert first.entries[LI].values == second.entries[LI].values
    assert {local.version for local in (first.entries[LI], second.entries[LI])} == {5}


def test_two_who_were_offline_contradict_each_other_and_nothing_is_lost(
    site: Site, phones: list[Phone]
) -> None:
    first, second = phones
    first.enter(LI, phone="1", job="cook")
    send(first)
    for phone in phones:
        phone.fetch()
    first.visit(LI, phone="2")
    first.visit(LI, job="mason")
    second.visit(LI, phone="3")
    send(first, second, random=Random(1))
    entry = panel.entity(site, LI)
    assert entry.conflict == Entity.Conflict.HARD
    assert entry.data["phone"] in ("2", "3")
    said = EntityChange.objects.filter(entity=entry).values_list("received", flat=True)
    assert {one["phone"] for one in said if "phone" in one} == {"1", "2", "3"}
    assert entry.data["job"] == "mason"
    for phone in phones:
        phone.fetch()
    assert first.entries[LI].values == second.entries[LI].values == entry.data


def test_what_is_gone_is_forgotten_and_what_is_not_sent_yet_is_not(
    site: Site, phones: list[Phone]
) -> None:
    first, _ = phones
    first.enter(LI, phone="1")
    send(first)
    first.enter(WANG, phone="2")
    Entity.objects.filter(uuid=LI).update(is_gone=True)
    first.fetch()
    assert set(first.entries) == {WANG}


def test_a_form_may_be_published_again_and_keeps_its_lists(site: Site, phones: list[Phone]) -> None:
    first, _ = phones
    questionnaires.publish(workbook(panel.VISIT.replace("| 1 |", "| 2 |")), site.survey)
    assert first.fetch()
