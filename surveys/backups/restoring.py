"""A backup put back into an empty installation, and looked at afterwards.

Files come first and the database last, whole or not at all: so a restore that was interrupted begins
again, and nobody meets a database without its files.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection

from surveys import trail
from surveys.backups import databases
from surveys.backups.archive import CHUNK, DATABASE, FILES, Manifest, hash_of, opened, verify
from surveys.backups.errors import BackupError
from surveys.backups.making import OPERATOR, key_mark
from surveys.errors import gettext_noop
from surveys.models import TrailEntry


@dataclass(frozen=True)
class Restored:
    """What was put back. `to_migrate` says that this release has newer tables; `is_same_key` that
    SECRET_KEY is that of then.
    """

    manifest: Manifest
    to_migrate: bool
    is_same_key: bool


def restore(
    path: Path, key: RSAPrivateKey | None = None, *, say: Callable[[str], None] = lambda _: None
) -> Restored:
    """Put a backup back. `say` hears what is being done.

    Raises BackupError and leaves the database empty: damaged, sealed for another key, of another kind
    of database, of a newer release; or the installation is not empty.
    """
    _require_empty()
    say("Reading the backup from end to end ...")
    manifest = verify(path, key)
    _require_fit(manifest)
    say(f"Putting back {manifest.files} files ...")
    _put_back_files(path, key)
    say(f"Putting back {sum(manifest.rows.values())} rows ...")
    _put_back_database(path, key)
    say("Comparing ...")
    _require_whole(manifest)
    to_migrate = not databases.known_migrations() <= databases.applied_migrations()
    if not to_migrate:  # else there may be no trail yet
        trail.append(OPERATOR, TrailEntry.Action.CHANGED, "restore", key=path.name)
    return Restored(manifest, to_migrate, manifest.key_mark == key_mark())


def _require_empty() -> None:
    if not databases.is_empty():
        raise BackupError(
            gettext_noop(
                "This database is in use: it has tables. A backup goes into an empty one only: "
                "make a new database, name it in DATABASE_URL, do not migrate, and restore again."
            )
        )


def _require_fit(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise BackupError(
            gettext_noop("This backup is of %(theirs)s and goes into no other: here is %(ours)s."),
            theirs=manifest.engine,
            ours=connection.vendor,
        )
    if unknown := sorted(set(manifest.migrations) - databases.known_migrations()):
        raise BackupError(
            gettext_noop(
                "This backup is of a newer release, with %(name)s. Install that one first."
            ),
            name=unknown[-1],
        )


def _put_back_files(path: Path, key: RSAPrivateKey | None) -> None:
    with opened(path, key) as parts:
        for name, content in parts:
            if name.startswith(FILES):
                _put_back(name.removeprefix(FILES), content)


def _put_back_database(path: Path, key: RSAPrivateKey | None) -> None:
    with opened(path, key) as parts, TemporaryDirectory(dir=settings.VAR_DIR) as scratch:
        databases.load(_of_database(parts), Path(scratch))


def _of_database(parts: Iterator[tuple[str, IO[bytes]]]) -> Iterator[IO[bytes]]:
    """The parts of the database, which come first."""
    for _name, content in takewhile(lambda part: part[0].startswith(DATABASE), parts):
        yield content


def _put_back(name: str, content: IO[bytes]) -> None:
    """Store a file under its own name; one that is there already must be the same."""
    with TemporaryFile() as whole:
        copyfileobj(content, whole, CHUNK)
        whole.seek(0)
        if default_storage.exists(name):
            _require_same(name, whole)
        elif default_storage.save(name, File(whole, name)) != name:
            raise BackupError(
                gettext_noop("The file %(name)s cannot be stored under its own name."), name=name
            )


def _require_same(name: str, wanted: IO[bytes]) -> None:
    with default_storage.open(name) as there:
        is_same = hash_of(cast(IO[bytes], there)) == hash_of(wanted)
    if not is_same:
        raise BackupError(
            gettext_noop(
                "There is another file %(name)s already, or half of one. Move it away, or name "
                "another folder or bucket, and restore again."
            ),
            name=name,
        )


def _require_whole(manifest: Manifest) -> None:
    """Every table has its rows, and every file that a row names is there."""
    with (
        TemporaryDirectory(dir=settings.VAR_DIR) as scratch,
        databases.snapshot(Path(scratch)) as snapshot,
    ):
        rows, files = snapshot.rows(), sum(1 for _ in snapshot.files())
    for name, wanted in manifest.rows.items():
        if rows.get(name) != wanted:
            raise BackupError(
                gettext_noop("Table %(name)s has %(found)s rows and should have %(wanted)s."),
                name=name,
                found=rows.get(name, 0),
                wanted=wanted,
            )
    if files != manifest.files + manifest.missing_count:
        raise BackupError(
            gettext_noop("%(found)s files are named and %(wanted)s should be."),
            found=files,
            wanted=manifest.files + manifest.missing_count,
        )
