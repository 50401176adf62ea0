"""The list of erasures can be done again, whatever became of an interview in between."""

from io import StringIO
from pathlib import Path

import pytest
from pytest_django import Settings

from surveys import erasure, secrecy
from surveys.backups import erasures
from surveys.backups.errors import BackupError
from surveys.keys import store
from surveys.keys.models import Key
from surveys.models import Interview, Tombstone
from tests.surveys import erased
from tests.surveys.erased import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(settings: Settings, tmp_path: Path) -> Scene:
    settings.MEDIA_ROOT = tmp_path
    return erased.begin()


def listed() -> list[str]:
    file = StringIO()
    erasures.write(file)
    return file.getvalue().splitlines()


def test_what_was_erased_twice_is_done_again(scene: Scene) -> None:
    """Its second tombstone has no version of its own: each is erased once."""
    tombstone = erased.erase(scene)
    tombstone.versions.update(instance_id="uuid:other")
    erased.send(scene)
    tombstone.versions.update(instance_id=scene.interview.root_uuid)
    erasure.sweep()
    lines = listed()
    assert [one.versions.count() for one in Tombstone.objects.order_by("pk")] == [1, 0]
    Tombstone.objects.all().delete()
    erased.send(scene)  # as if an older backup were back
    assert erasures.do_again(lines) == erasures.Again(erased=1, noted=0)
    assert Interview.objects.count() == 1


def test_keys_that_came_back_are_destroyed_again(scene: Scene) -> None:
    """As from a file of keys that was written before the erasure, put beside a database of today."""
    keys = list(Key.objects.filter(pk__in=secrecy.keys_of(scene.interview.submissions.all())))
    erased.erase(scene)
    Key.objects.bulk_create(keys)
    assert erasures.do_again(listed()) == erasures.Again(erased=0, noted=0)
    assert len(keys) > 0
    assert not store.here([key.pk for key in keys])


@pytest.mark.parametrize("line", ["{", "[]", '{"form": "small"}', '{"versions": [1]}'])
def test_what_is_no_list_of_erasures_is_refused(scene: Scene, line: str) -> None:
    with pytest.raises(BackupError):
        erasures.do_again([line])
