"""Keys in a database of their own: made, remembered for a minute, destroyed, and written down apart."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from surveys import orphans
from surveys.backups import keyring, making
from surveys.backups.errors import BackupError
from surveys.keys import store
from surveys.keys.models import Key
from surveys.keys.router import KeysApart
from surveys.keys.store import KeyGone
from surveys.models import Interview, Submission
from tests.factories import make_survey, make_version, receive

pytestmark = pytest.mark.django_db


def test_tables_are_in_their_own_database() -> None:
    assert "keys_key" in connections["keys"].introspection.table_names()
    assert "keys_key" not in connections["default"].introspection.table_names()
    assert connections["keys"].introspection.table_names() == ["keys_key"]
    router = KeysApart()
    assert (router.db_for_write(Key), router.db_for_write(Interview)) == ("keys", None)


def test_a_page_of_keys_is_one_query(django_assert_num_queries: object) -> None:
    ids = [store.made().id for _ in range(3)]
    store._memory.forget(ids)  # as in another process
    with django_assert_num_queries(1, using="keys"):  # type: ignore[operator]
        store.fetch(ids)
        assert len({store.key_of(key_id).secret for key_id in ids}) == 3


def test_what_is_destroyed_is_gone_at_once() -> None:
    key = store.made()
    assert store.key_of(key.id) == key
    assert store.destroy([key.id]) == 1
    assert store.destroy([key.id]) == 0
    with pytest.raises(KeyGone):
        store.key_of(key.id)


def test_keys_are_forgotten_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    key = store.made()
    store.key_of(key.id)
    Key.objects.all().delete()  # by another process
    assert store.key_of(key.id) == key
    monkeypatch.setattr(store, "REMEMBERED_S", 0.0)
    with pytest.raises(KeyGone):
        store.key_of(key.id)


def test_a_page_is_remembered_whole_however_much_was_before(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    monkeypatch.setattr(store, "MOST_REMEMBERED", 5)
    ids = [store.made().id for _ in range(8)]
    for page in (ids[:4], ids[4:]):
        store._memory.forget(page)
        store.fetch(page)
        with django_assert_num_queries(0, using="keys"):  # type: ignore[operator]
            assert {store.key_of(key_id).id for key_id in page} == set(page)


def test_a_key_that_another_thread_fetches_meanwhile_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between looking whether it is remembered and reading it."""
    key = store.made()
    store._memory.forget([key.id])
    get = store._memory.get

    def beside(key_id: UUID) -> bytes | None:
        found = get(key_id)
        store._memory.put({key.id: key.secret})
        return found

    monkeypatch.setattr(store._memory, "get", beside)
    assert store.key_of(key.id) == key


def test_keys_that_open_nothing_are_destroyed_when_no_backup_names_them() -> None:
    receive(make_version(make_survey()))
    lost, young = store.made(), store.made()
    long_ago = timezone.now() - orphans.KEYS_KEPT_FOR - timedelta(days=1)
    Key.objects.exclude(pk=young.id).update(made_at=long_ago)
    assert orphans.remove_keys() == 1
    assert store.here([lost.id, young.id]) == {young.id}
    assert bytes(Submission.objects.get().xml).startswith(b"<")


def test_a_secret_is_not_shown() -> None:
    assert "secret" not in repr(store.made())


def test_written_apart_and_put_back(tmp_path: Path) -> None:
    keys = [store.made() for _ in range(3)]
    path, count = keyring.make(tmp_path, now=timezone.now())
    assert (count, path.suffix, path.stat().st_mode & 0o777) == (3, ".keys", 0o600)
    made_at = dict(Key.objects.values_list("pk", "made_at"))
    store.destroy([keys[0].id, keys[1].id])
    assert keyring.restore(path) == 3
    assert [store.key_of(key.id) for key in keys] == keys
    assert dict(Key.objects.values_list("pk", "made_at")) == made_at


def test_keys_alone_are_put_back_where_only_they_were_lost(tmp_path: Path) -> None:
    receive(make_version(make_survey()))
    path, _count = keyring.make(tmp_path, now=timezone.now())
    Key.objects.all().delete()
    with pytest.raises(CommandError, match="Name the newest list"):
        call_command("restore", keys=path)
    assert Key.objects.count() == 0
    making.write_erasures(tmp_path / making.ERASURES)
    call_command("restore", keys=path)
    assert keyring.unreadable() == 0
    with pytest.raises(CommandError, match="Name a backup"):
        call_command("restore")


@pytest.mark.parametrize(
    "change", [lambda text: text[: len(text) // 2], lambda _: b"{}", bytes.upper]
)
def test_half_a_file_of_keys_is_none(  # type: ignore[no-untyped-def]
    tmp_path: Path, change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "TOGETHER", 1)
    for _ in range(3):
        store.made()
    path, _count = keyring.make(tmp_path, now=timezone.now())
    path.write_bytes(change(path.read_bytes()))
    Key.objects.all().delete()
    with pytest.raises(BackupError, match="holds no keys"):
        keyring.restore(path)
    assert not Key.objects.exists()
    with pytest.raises(BackupError, match="holds no keys"):
        keyring.prepare(path)


def test_no_key_comes_back_with_a_backup_that_is_refused(tmp_path: Path) -> None:
    """Those of people who were erased since would be here, and no erasure would follow."""
    store.made()
    path, _count = keyring.make(tmp_path, now=timezone.now())
    Key.objects.all().delete()
    making.write_erasures(tmp_path / making.ERASURES)
    (tmp_path / "damaged.fsb").write_bytes(b"no backup")
    with pytest.raises(CommandError):
        call_command("restore", tmp_path / "damaged.fsb", keys=path)
    assert not Key.objects.exists()


def test_interviews_without_their_keys_are_counted() -> None:
    receive(make_version(make_survey()))
    assert keyring.unreadable() == 0
    Key.objects.all().delete()
    assert keyring.unreadable() == 1
