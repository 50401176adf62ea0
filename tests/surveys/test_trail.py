"""Who saw and changed what: added freely, sealed in batches, proven as a chain."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from surveys import trail
from surveys.models import TrailEntry, TrailSeal, User
from surveys.trail import Action, Break
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.every_stack]
EARLIER = timedelta(minutes=5)


@pytest.fixture
def person() -> User:
    return make_user("lin")


def note(person: User | str, count: int, what: str = "interview") -> None:
    """Entries that happened minutes ago, so that they can be sealed."""
    for number in range(count):
        trail.append(person, Action.SAW, what, key=str(number), query="wave=第一轮")
    TrailEntry.objects.filter(seal=None).update(at=timezone.now() - EARLIER)


def breaks() -> list[Break]:
    return list(trail.verify())


def test_an_entry_says_who_what_and_which(person: User) -> None:
    trail.append(person, Action.TOOK, "export", key="12", status=403, address="203.0.113.7")
    entry = TrailEntry.objects.get()
    assert (entry.person, entry.person_key) == ("lin", person.pk)
    assert (entry.action, entry.what, entry.key, entry.status) == ("took", "export", "12", 403)
    assert entry.address == "203.0.113.7"


def test_what_is_young_waits_for_a_seal(person: User) -> None:
    trail.append(person, Action.SAW, "interview")
    assert trail.seal() == 0
    assert breaks() == []


def test_seals_follow_one_another(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "BATCH", 2)
    note(person, 5)
    assert trail.seal() == 5
    assert list(TrailSeal.objects.values_list("number", "count")) == [(3, 1), (2, 2), (1, 2)]
    assert breaks() == []


def test_sealing_again_changes_nothing(person: User) -> None:
    note(person, 3)
    trail.seal()
    before = list(TrailSeal.objects.values())
    assert trail.seal() == 0
    assert list(TrailSeal.objects.values()) == before


@pytest.mark.parametrize(
    "change",
    [
        {"person": "wang"},
        {"person_key": 999},
        {"what": "site"},
        {"key": "7"},
        {"query": ""},
        {"action": "changed"},
        {"status": 404},
        {"address": "10.0.0.1"},
        {"request_id": "x"},
        {"at": timezone.now() - timedelta(days=3)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_breaks_its_seal_and_no_other(
    person: User, change: dict[str, object]
) -> None:
    for _ in range(3):
        note(person, 2)
        trail.seal()
    TrailEntry.objects.filter(seal=2, key="1").update(**change)
    assert breaks() == [Break(2, trail._reason(TrailSeal(count=2), [TrailEntry()] * 2))]


def test_a_removed_entry_is_missed(person: User) -> None:
    note(person, 3)
    trail.seal()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM surveys_trailentry WHERE key = '1'")
    [found] = breaks()
    assert "were removed" in found.message


def test_an_entry_put_under_a_seal_later_is_seen(person: User) -> None:
    note(person, 3)
    trail.seal()
    note(person, 1)
    TrailEntry.objects.filter(seal=None).update(seal=1)
    [found] = breaks()
    assert "were added" in found.message


def test_a_seal_that_is_gone_with_its_entries_is_missed(person: User) -> None:
    for _ in range(3):
        note(person, 1)
        trail.seal()
    TrailEntry.objects.filter(seal=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    assert [(found.number, "missing" in found.message) for found in breaks()] == [
        (3, False),  # its digest was made with the one before
        (3, True),
    ]


def test_who_has_only_the_database_cannot_seal_again(person: User, settings: Settings) -> None:
    note(person, 2)
    settings.TRAIL_KEY = "of somebody else"
    trail.seal()
    settings.TRAIL_KEY = "ours"
    assert [found.number for found in breaks()] == [1]


def test_entries_without_a_seal_for_long_are_told(person: User) -> None:
    note(person, 1)
    TrailEntry.objects.update(at=timezone.now() - timedelta(hours=2))
    assert [found.number for found in breaks()] == [None]


def test_who_has_no_account_is_named_by_text() -> None:
    trail.append("root at the console", Action.TOOK, "export")
    assert TrailEntry.objects.get().person == "root at the console"
