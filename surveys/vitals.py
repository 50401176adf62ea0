"""How the house is running: what stands in line, how large the database is, what takes it long."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from redis import Redis
from redis.exceptions import RedisError

MOST = 20
SIZE = "SELECT pg_database_size(current_database())"
SLOWEST = """
    SELECT query, calls, mean_exec_time, total_exec_time / 1000
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY total_exec_time DESC LIMIT %s
"""


@dataclass(frozen=True)
class Statement:
    """A statement of the database, without the values in it, over all the times it ran."""

    text: str
    calls: int
    mean_ms: float
    total_s: float


@dataclass(frozen=True)
class Room:
    """Bytes of the disk that has interviews and files, and of the database."""

    free: int
    total: int
    database: int | None


def statements() -> Sequence[Statement] | None:
    """What took the database longest in all, worst first; None where it keeps no such statistics."""
    if connection.vendor != "postgresql":
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SLOWEST, [MOST])
            return [Statement(*row) for row in cursor.fetchall()]
    except DatabaseError:  # the extension is not there, or not ours to read
        return None


def room() -> Room:
    disk = shutil.disk_usage(settings.VAR_DIR)
    return Room(disk.free, disk.total, _database_size())


def _database_size() -> int | None:
    """None where the database is a file, which the disk's numbers have."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(SIZE)
        size: int = cursor.fetchone()[0]
    return size


def in_line() -> Mapping[str, int] | None:
    """How many messages wait in each queue; None where that is not known: queues of files, no Redis."""
    if not settings.REDIS_URL:
        return None
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1) as redis:
            return {name: int(redis.llen(name)) for name in settings.CELERY_TASK_QUEUES}
    except RedisError:
        return None
