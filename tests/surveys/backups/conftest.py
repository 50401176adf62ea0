"""An installation with everything in it, and others beside it that are empty."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from tests.conftest import ROOT, url_of
from tests.servers import postgres_folders
from tests.surveys import erased
from tests.surveys.erased import Scene


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's client programs are those of the server that the tests start."""
    monkeypatch.setenv("PATH", f"{postgres_folders()[0]}:{os.environ['PATH']}")


@pytest.fixture
def scene(transactional_db: None, settings: Settings, tmp_path: Path) -> Scene:
    """Whatever a survey makes of answers, files too."""
    settings.MEDIA_ROOT = tmp_path / "media"
    scene = erased.begin()
    erased.follow(scene)
    return scene


@dataclass(frozen=True)
class Elsewhere:
    """An installation of its own: another database, another folder, the same program."""

    environment: Mapping[str, str]

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def files(self) -> dict[str, str]:
        return files_in(Path(self.environment["VAR_DIR"]) / "media")

    def rows(self) -> dict[str, list[str]]:
        return rows_at(self.environment["DATABASE_URL"])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    """An empty one, on the same kind of database."""
    with emptied(tmp_path / "elsewhere") as url:
        folder = str(tmp_path / "elsewhere")
        keys = url_of("keys")  # which are lost less easily
        environment = {"VAR_DIR": folder, "DATABASE_URL": url, "KEYS_URL": keys}
        yield Elsewhere(os.environ | environment)


@contextmanager
def emptied(folder: Path) -> Iterator[str]:
    """The address of a new database, which is gone at the end."""
    folder.mkdir()
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/db.sqlite3"
        return
    say("CREATE DATABASE elsewhere")
    yield f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/elsewhere"
    say("DROP DATABASE elsewhere WITH (FORCE)")


def say(sql: LiteralString) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql)


def here() -> str:
    """The address of the tests' own database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def rows_at(url: str) -> dict[str, list[str]]:
    """Every row of every table of a database, in words, read past Django."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            listed = (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            return told(lambda sql: database.execute(sql).fetchall(), listed)
    with psycopg.connect(url) as server:
        listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return told(lambda sql: server.execute(sql).fetchall(), listed)


def told(ask: Callable[[Any], list[Any]], listed: str) -> dict[str, list[str]]:
    names = [name for (name,) in ask(listed)]
    return {name: sorted(map(repr, ask(f'SELECT * FROM "{name}"'))) for name in names}  # noqa: S608


def files_in(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
