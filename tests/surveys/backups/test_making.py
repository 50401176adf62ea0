"""A backup is offered whole or not at all, and one that was changed is found out."""

import fcntl
import os
import resource
import signal
import tarfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from surveys.backups import archive, concerns, databases, making
from surveys.backups.envelope import PIECE, Opening, Sealing
from surveys.backups.errors import BackupError
from surveys.models import Attachment, Pulse, TrailEntry
from tests.surveys.erased import Scene

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


def test_what_is_in_it_can_be_read_with_tar(scene: Scene, tmp_path: Path) -> None:
    made = making.make(tmp_path, now=NOW)
    assert made.path.name == "five-standards-20261128T030000Z.backup"
    assert made.path.stat().st_mode & 0o077 == 0
    with tarfile.open(made.path) as tar:
        names = tar.getnames()
    assert names[0] == "database/000001"
    assert names[-2:] == ["SHA256SUMS", "manifest.json"]
    files = set(Attachment.objects.exclude(file="").values_list("file", flat=True))
    assert {f"files/{name}" for name in files} < set(names)
    assert made.manifest.rows["surveys_interview"] > 1
    assert archive.verify(made.path).surveys == ["river"]
    assert TrailEntry.objects.filter(what="backup", key=made.path.name).exists()


def test_a_file_that_is_gone_is_told_of(scene: Scene, tmp_path: Path) -> None:
    name = Attachment.objects.exclude(file="").values_list("file", flat=True)[0]
    (Path(settings.MEDIA_ROOT) / name).unlink()
    with pytest.raises(CommandError, match=f"not in storage, such as {name}"):
        call_command("backup", str(tmp_path / "backups"))
    (path,) = (tmp_path / "backups").glob("*.backup")
    assert archive.verify(path).missing == [name]


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(
    "change",
    [
        lambda whole, at: whole[:at],
        lambda whole, at: whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
    ],
)
def test_a_changed_or_short_one_is_refused(
    scene: Scene, tmp_path: Path, change: Callable[[bytes, int], bytes], where: float
) -> None:
    path = making.make(tmp_path, now=NOW).path
    with tarfile.open(path) as tar:
        size = tar.getmember("database/000001").size
    path.write_bytes(change(path.read_bytes(), int(512 + where * size)))
    with pytest.raises(BackupError):
        archive.verify(path)


def test_another_one_is_waited_for(scene: Scene, tmp_path: Path) -> None:
    with (tmp_path / making.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another backup is being written"):
            call_command("backup", str(tmp_path))


def test_a_full_disk_leaves_nothing(scene: Scene, tmp_path: Path) -> None:
    """The kernel refuses to write more than so much, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(BackupError, match=r"There is no room|stopped"):
            making.make(tmp_path / "backups", now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [making.LOCK]


def test_one_that_was_killed_is_not_offered(scene: Scene, tmp_path: Path) -> None:
    """What it left is removed by the next."""
    name = Attachment.objects.exclude(file="").values_list("file", flat=True)[0]
    there = Path(settings.MEDIA_ROOT) / name
    content = there.read_bytes()
    there.unlink()
    os.mkfifo(there)  # it waits at this file for somebody to write
    connections.close_all()  # two processes must not share one
    child = os.fork()
    if not child:
        try:
            making.make(tmp_path / "backups", now=NOW)
        finally:
            os._exit(1)
    writer = opened_beside(there, child)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(writer)
    assert list((tmp_path / "backups").glob(f"{making.SCRATCH}*"))
    assert not list((tmp_path / "backups").glob("*.backup"))
    there.unlink()
    there.write_bytes(content)
    making.make(tmp_path / "backups", now=NOW)
    assert not list((tmp_path / "backups").glob(f"{making.SCRATCH}*"))


def opened_beside(pipe: Path, child: int) -> int:
    """The other end of a pipe, once a child has opened it for reading."""
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        with suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.05)
    raise ChildProcessError


def test_who_writes_meanwhile_is_not_seen(scene: Scene, tmp_path: Path) -> None:
    """Counts and names are of one moment, whatever is deleted after it."""
    count = Attachment.objects.count()
    named = set(Attachment.objects.exclude(file="").values_list("file", flat=True))
    with databases.snapshot(tmp_path) as snapshot, ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(forget_files).result()
        rows, stored = snapshot.rows(), list(snapshot.files())
    assert Attachment.objects.count() == 0
    assert rows["surveys_attachment"] == count > 0
    assert set(stored) > named
    assert stored == sorted(set(stored))


def forget_files() -> None:
    Attachment.objects.all().delete()
    connections.close_all()


def test_old_ones_go_and_the_newest_stays(tmp_path: Path) -> None:
    names = [f"five-standards-{day}T030000Z.backup" for day in (20261001, 20261030, 20261127)]
    for name in (*names, "notes.txt", "five-standards-x.backup"):
        (tmp_path / name).touch()
    gone = making.expire(tmp_path, now=NOW, keep=timedelta(days=30))
    assert [path.name for path in gone] == names[:1]
    gone = making.expire(tmp_path, now=timezone.now() + timedelta(days=999), keep=timedelta(days=1))
    assert [path.name for path in gone] == names[1:2]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_sealed_is_opened_by_its_key_only(size: int) -> None:
    key, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    content, target = os.urandom(size), BytesIO()
    sealing = Sealing(target, key.public_key())
    sealing.write(content)
    sealing.finish()
    sealed = target.getvalue()
    assert Opening(BytesIO(sealed), key).readall() == content
    with pytest.raises(BackupError, match="another key"):
        Opening(BytesIO(sealed), other)
    turned = sealed[:-1] + bytes([sealed[-1] ^ 1])  # a fixed byte would be the right one at times
    for changed in (sealed[:-1], sealed[: -len(sealed) // 3], turned):
        with pytest.raises(BackupError):
            Opening(BytesIO(changed), key).readall()


@pytest.mark.django_db
def test_backups_that_have_stopped_need_a_person() -> None:
    assert list(concerns.late_backups()) == []
    Pulse.objects.create(name=making.PULSE, at=timezone.now() - timedelta(hours=30))
    assert list(concerns.late_backups()) == []
    Pulse.objects.update(at=timezone.now() - timedelta(days=3))
    (concern,) = concerns.late_backups()
    assert "The last backup is of" in concern.message
