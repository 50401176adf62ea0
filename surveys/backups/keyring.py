"""The keys of interviews in a file of their own, which is kept apart from backups and not for long.

A backup of the database together with an older file of keys would open what was erased in between: so
the promise of erasure lasts as long as files of keys do, whatever backups there are.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from django.core.management import call_command
from django.db import connections, transaction

from surveys import trail
from surveys.backups.archive import unwrapped
from surveys.backups.errors import BackupError
from surveys.backups.making import (
    OPERATOR,
    SCRATCH,
    alone_in,
    kept_close,
    path_in,
    publish,
    said_of,
)
from surveys.errors import gettext_noop
from surveys.keys import store
from surveys.keys.models import Key
from surveys.keys.router import KEYS
from surveys.models import Submission, TrailEntry

FORMAT = {"format": "five-standards keys 1"}
SUFFIX = ".keys"
NOT_KEYS = gettext_noop("%(file)s holds no keys as `manage.py backup --keys` writes them.")


def make(folder: Path, *, now: datetime, key: RSAPublicKey | None = None) -> tuple[Path, int]:
    """Write all keys into a folder; returns the file and how many. Raises BackupError.

    After a backup of the database it has every key that this one needs: a key is there first.
    """
    path = path_in(folder, now, SUFFIX)
    with (
        said_of(folder),
        alone_in(folder),
        TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch,
    ):
        count = _write(Path(scratch) / "whole", key)
        trail.append(OPERATOR, TrailEntry.Action.TOOK, "keys", key=path.name)
        publish(Path(scratch) / "whole", path)
    return path, count


def _write(path: Path, key: RSAPublicKey | None) -> int:
    count = 0
    with kept_close(path, key) as file:
        for line in _lines():
            file.write(line)
            count += 1
    return count - 2  # its first line and its last


def _lines() -> Iterator[bytes]:
    yield _line(FORMAT)
    count, after = 0, UUID(int=0)
    while rows := list(Key.objects.filter(pk__gt=after).order_by("pk")[: store.TOGETHER]):
        for row in rows:
            yield _line(
                {"id": str(row.pk), "secret": bytes(row.secret).hex(), "made_at": row.made_at}
            )
        count, after = count + len(rows), rows[-1].pk
    yield _line({"count": count})


def _line(content: object) -> bytes:
    return json.dumps(content, default=datetime.isoformat).encode() + b"\n"


def restore(path: Path, key: RSAPrivateKey | None = None) -> int:
    """Put keys back beside those that are here; returns how many the file has. Raises BackupError.

    Those of interviews that were erased since come back with it: do the erasures again.
    """
    count = 0
    with (
        unwrapped(path, key) as content,
        closing(_read(content, path)) as rows,
        transaction.atomic(using=KEYS),
    ):
        while some := list(islice(rows, store.TOGETHER)):
            Key.objects.bulk_create(some, ignore_conflicts=True)
            count += len(some)
    store.look_again()
    return count


def prepare(path: Path, key: RSAPrivateKey | None = None) -> None:
    """See that keys can be put back: the file is whole, and there is a table for them. Raises BackupError,
    DatabaseError.
    """
    with unwrapped(path, key) as content, closing(_read(content, path)) as rows:
        for _ in rows:
            pass
    if Key._meta.db_table not in connections[KEYS].introspection.table_names():
        call_command("migrate", KEYS, database=KEYS, verbosity=0)


def _read(content: BinaryIO, path: Path) -> Generator[Key]:
    """The keys of a file, which is whole."""
    count = 0
    try:
        if json.loads(content.readline()) != FORMAT:
            raise BackupError(NOT_KEYS, file=path)
        while "count" not in (line := json.loads(content.readline())):
            made_at = datetime.fromisoformat(line["made_at"])
            yield Key(UUID(line["id"]), bytes.fromhex(line["secret"]), made_at)
            count += 1
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(NOT_KEYS, file=path) from error
    if line["count"] != count:
        raise BackupError(NOT_KEYS, file=path)


def unreadable() -> int:
    """How many interviews were sealed with keys that are not here."""
    keys = (
        Submission.objects.filter(key__isnull=False).order_by("key").values_list("key", flat=True)
    )
    ids, lost = iter(keys.distinct().iterator()), 0
    while some := {key for key in islice(ids, store.TOGETHER) if key}:
        lost += len(some - store.here(some))
    return lost
