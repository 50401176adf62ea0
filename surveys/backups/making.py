"""A backup made: written under a temporary name, and there under its own only when it is whole."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, BinaryIO, cast

import django
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.core.files.storage import default_storage
from django.db import connection
from django.utils.crypto import salted_hmac

from surveys import trail
from surveys.backups import databases, erasures
from surveys.backups.archive import CHUNK, DATABASE, FILES, FORMAT, Hashed, Manifest, Packer
from surveys.backups.databases import Snapshot
from surveys.backups.envelope import Sealing
from surveys.backups.errors import BackupError
from surveys.errors import gettext_noop
from surveys.jobs import NO_ROOM
from surveys.models import Pulse, TrailEntry

NAME = re.compile(r"five-standards-(\d{8}T\d{6})Z\.(backup|keys)")
STAMP = "%Y%m%dT%H%M%S"
SUFFIX = ".backup"
SCRATCH, LOCK = ".making-", ".lock"
ERASURES = "erasures.jsonl"
OPERATOR, PULSE = "operator", "backup"
MOST_NAMED = 100  # of the files that are missing
MOST_LOOKED_UP = 1000  # of these, whether a row names them still


@dataclass(frozen=True)
class Made:
    path: Path
    manifest: Manifest


def make(folder: Path, *, now: datetime, key: RSAPublicKey | None = None) -> Made:
    """Write a backup into a folder: the database as it is at one moment, then the files that it names.

    `key` seals it. Beside it goes the list of everything that was ever erased, the newest only. The trail
    says that everything was taken. Raises BackupError: no room, not to be written to, another backup is
    being written there.
    """
    with said_of(folder), alone_in(folder):
        with TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
            path = path_in(folder, now, SUFFIX)
            manifest = _write(Path(scratch), now, key)
            trail.append(OPERATOR, TrailEntry.Action.TOOK, "backup", key=path.name)
            publish(Path(scratch) / "whole", path)
        write_erasures(folder / ERASURES)
    Pulse.objects.update_or_create(name=PULSE, defaults={"at": now})
    return Made(path, manifest)


def write_erasures(path: Path) -> int:
    """Write everything that was ever erased, in the place of an older list; returns how much."""
    with said_of(path.parent), TemporaryDirectory(dir=path.parent, prefix=SCRATCH) as scratch:
        written = Path(scratch) / "list"
        with written.open("w", encoding="utf-8") as file:
            count = erasures.write(file)
        publish(written, path)
    return count


def expire(folder: Path, *, now: datetime, keep: timedelta, suffix: str = SUFFIX) -> list[Path]:
    """Delete the backups of a folder, of the database or of keys, that are older; the newest stays,
    whatever its age.
    """
    found = ((made_at(path), path) for path in folder.iterdir() if path.suffix == suffix)
    made = sorted((moment, path) for moment, path in found if moment)
    old = [path for moment, path in made[:-1] if moment < now - keep]
    for path in old:
        path.unlink()
    return old


def path_in(folder: Path, now: datetime, suffix: str) -> Path:
    return folder / f"five-standards-{now.astimezone(UTC).strftime(STAMP)}Z{suffix}"


def made_at(path: Path) -> datetime | None:
    """When a backup was begun, by its name; None of any other file."""
    found = NAME.fullmatch(path.name)
    return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC) if found else None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Nobody else makes a backup there; what somebody left who was killed is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = gettext_noop("Another backup is being written into %(folder)s. Wait for it.")
            raise BackupError(message, folder=folder) from error
        for left in folder.glob(f"{SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def said_of(folder: Path) -> Iterator[None]:
    """What the system has against writing there, in a sentence."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in NO_ROOM
        message = (
            gettext_noop("There is no room for the backup in %(folder)s. Nothing was kept of it.")
            if is_full
            else gettext_noop("The backup cannot be written into %(folder)s: %(detail)s.")
        )
        raise BackupError(message, folder=folder, detail=error.strerror or error) from error


def _write(scratch: Path, now: datetime, key: RSAPublicKey | None) -> Manifest:
    with kept_close(scratch / "whole", key) as file, TemporaryFile(dir=scratch) as sums:
        packer = Packer(file, sums)
        manifest = _pack(packer, scratch, now)
        packer.finish(manifest)
    return manifest


@contextmanager
def kept_close(path: Path, key: RSAPublicKey | None) -> Iterator[BinaryIO]:
    """A file to be written that nobody else reads, sealed for the key if there is one, and on the disk
    at the end.
    """
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)  # everybody's answers are in it
        sealing = Sealing(file, key) if key else None
        yield cast(BinaryIO, sealing or file)
        if sealing:
            sealing.finish()
        file.flush()
        os.fsync(file.fileno())


def _pack(packer: Packer, scratch: Path, now: datetime) -> Manifest:
    names = scratch / "names"
    with databases.snapshot(scratch) as snapshot:
        rows, surveys = snapshot.rows(), _surveys(snapshot)
        named = _note(names, snapshot.files())
        snapshot.dump(partial(packer.add_stream, DATABASE))
    missing = list(_pack_files(packer, names))
    lost = [name for name in missing[:MOST_LOOKED_UP] if databases.is_named(name)]
    return Manifest(
        format=FORMAT,
        made_at=now.isoformat(),
        engine=connection.vendor,
        versions={"django": django.get_version(), "database": databases.server_version()},
        migrations=sorted(databases.applied_migrations()),
        rows=rows,
        files=named - len(missing),
        size=packer.bytes,
        missing=lost[:MOST_NAMED],
        missing_count=len(missing),
        surveys=surveys,
        key_mark=key_mark(),
    )


def _note(path: Path, names: Iterator[str]) -> int:
    """Write names into a file, a line each; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for name in names:
            file.write(f"{name}\n")
            count += 1
    return count


def _surveys(snapshot: Snapshot) -> list[str]:
    return [row[0] for row in snapshot.ask("SELECT code FROM surveys_survey ORDER BY code")]


def key_mark() -> str:
    """Tells one SECRET_KEY from another."""
    return salted_hmac("surveys.backups", "mark", algorithm="sha256").hexdigest()[:16]


def _pack_files(packer: Packer, names: Path) -> Iterator[str]:
    """Pack the files of that list; yields those that are not there."""
    with names.open(encoding="utf-8") as listed:
        for line in listed:
            name = line.removesuffix("\n")
            try:
                with default_storage.open(name) as file:
                    _pack_file(packer, name, cast(IO[bytes], file), file.size)
            except FileNotFoundError:
                yield name


def _pack_file(packer: Packer, name: str, file: IO[bytes], size: int) -> None:
    beginning = file.read(CHUNK)  # a bucket says only now if there is none
    packer.add(f"{FILES}{name}", size, Hashed(file, beginning))


def publish(written: Path, path: Path) -> None:
    """Give a file its name, and be sure that the disk knows it."""
    written.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
