"""The database in and out as a stream of bytes, with what is in it at that moment.

PostgreSQL's own programs do it (`pg_dump`, `pg_restore`), on SQLite its online copy.
"""

import errno
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any, TypeAlias

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from surveys.backups.archive import CHUNK
from surveys.backups.errors import BackupError
from surveys.errors import gettext_noop

Ask: TypeAlias = Callable[[str], Iterator[Sequence[Any]]]


@dataclass(frozen=True)
class Snapshot:
    """The database as it was at one moment: `ask` it by SQL, and `dump` has its bytes."""

    ask: Ask
    dump: Callable[[Callable[[IO[bytes]], None]], None]

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: next(self.ask(f'SELECT COUNT(*) FROM "{name}"'))[0] for name in tables()}  # noqa: S608

    def files(self) -> Iterator[str]:
        """Every file that a row names, once, in order."""
        columns = (
            f'SELECT "{field.column}" AS name FROM "{model._meta.db_table}" WHERE "{field.column}" > \'\''  # noqa: S608
            for model, field in file_columns()
        )
        for row in self.ask(" UNION ".join(columns) + " ORDER BY name"):
            yield row[0]


def file_columns() -> Iterator[tuple[type[models.Model], models.FileField]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                yield model, field


def is_named(file: str) -> bool:
    """Whether a row names the file now."""
    return any(
        model._default_manager.filter(**{field.name: file}).exists()
        for model, field in file_columns()
    )


def tables() -> list[str]:
    """The names of all tables, also of those that no model describes."""
    return sorted(connection.introspection.table_names())


def applied_migrations() -> set[str]:
    """Those that the database has had, as `app.name`."""
    return {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}


def known_migrations() -> set[str]:
    """Those of this release, as `app.name`."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {f"{app}.{name}" for app, name in known}


def server_version() -> str:
    with connection.cursor() as cursor:
        is_file = connection.vendor == "sqlite"
        cursor.execute("SELECT sqlite_version()" if is_file else "SHOW server_version")
        return str(cursor.fetchone()[0])


@contextmanager
def snapshot(scratch: Path) -> Iterator[Snapshot]:
    """Who writes meanwhile neither waits nor is seen. SQLite is copied into `scratch` first."""
    with _copied(scratch) if connection.vendor == "sqlite" else _exported() as found:
        yield found


@contextmanager
def _exported() -> Iterator[Snapshot]:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
        yield Snapshot(_asked, lambda take: _pg_dump(name, take))


def _asked(sql: str) -> Iterator[Sequence[Any]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        yield from cursor


def _pg_dump(snapshot_name: str, take: Callable[[IO[bytes]], None]) -> None:
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot_name}")
    with TemporaryFile() as said, _program("pg_dump", *options, stdout=-1, stderr=said) as program:
        assert program.stdout is not None  # noqa: S101  # it is a pipe
        take(program.stdout)
        _require_success(program, said)


@contextmanager
def _program(name: str, *options: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """One of PostgreSQL's, told of our database; the password is on no command line."""
    given = {key: value for key, value in connection.get_connection_params().items() if value}
    known = {one.keyword.decode() for one in Conninfo.get_defaults()}
    told = {key: value for key, value in given.items() if key in known and key != "password"}
    environment = os.environ | ({"PGPASSWORD": given["password"]} if "password" in given else {})
    command = [name, *options, f"--dbname={make_conninfo(**told)}"]
    try:
        process = subprocess.Popen(command, env=environment, **streams)  # noqa: S603
    except FileNotFoundError as error:
        raise BackupError(
            gettext_noop("%(name)s is not here. Install PostgreSQL’s client programs."), name=name
        ) from error
    try:
        yield process
    finally:
        process.kill()
        with suppress(BrokenPipeError):  # what it did not want to read
            process.communicate()


def _require_success(program: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    if program.wait():
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines() or ["?"]
        raise BackupError(
            gettext_noop("PostgreSQL’s program stopped: %(detail)s"), detail=lines[0][:500]
        )


@contextmanager
def _copied(scratch: Path) -> Iterator[Snapshot]:
    path = scratch / "db.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copied:
        try:
            connection.connection.backup(copied)
            copied.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:  # of the disk: nothing else is asked of it
            raise OSError(errno.ENOSPC, str(error)) from error

        def dump(take: Callable[[IO[bytes]], None]) -> None:
            with path.open("rb") as file:
                take(file)

        yield Snapshot(lambda sql: iter(copied.execute(sql)), dump)
    path.unlink()


def is_empty() -> bool:
    return not tables()


def load(parts: Iterator[IO[bytes]], scratch: Path) -> None:
    """Fill the empty database, whole or not at all; SQLite by way of `scratch`. Raises BackupError."""
    if connection.vendor == "sqlite":
        _copy_back(parts, scratch)
    else:
        _pg_restore(parts)


def _pg_restore(parts: Iterator[IO[bytes]]) -> None:
    options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    with (
        TemporaryFile() as said,
        _program("pg_restore", *options, stdin=-1, stderr=said) as program,
    ):
        assert program.stdin is not None  # noqa: S101  # it is a pipe
        with suppress(BrokenPipeError):  # it says why
            for part in parts:
                copyfileobj(part, program.stdin, CHUNK)
            program.stdin.close()
        _require_success(program, said)


def _copy_back(parts: Iterator[IO[bytes]], scratch: Path) -> None:
    path = scratch / "db.sqlite3"
    with path.open("wb") as file:
        for part in parts:
            copyfileobj(part, file, CHUNK)
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copied:
        copied.backup(connection.connection)
    connection.close()
