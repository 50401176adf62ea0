"""Up to where changes can be read once and for all: nothing will come later with an earlier stamp."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

MARGIN = timedelta(seconds=10)  # clocks of servers that differ, and writes that wait for a lock
OLDEST = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
"""


def horizon() -> datetime:
    """A moment such that every change stamped before it is there to be read.

    A row is stamped before its transaction ends, so a long one puts rows in place behind those that
    were read meanwhile. So nothing is read that is younger than the oldest transaction that writes.
    SQLite has one writer at a time: what is stamped earlier is there earlier.
    """
    now = timezone.now()
    return min(now, _oldest_writer() or now) - MARGIN


def _oldest_writer() -> datetime | None:
    """When the oldest transaction began that has written and not ended; all are of one database user.

    Autovacuum writes too, and none of our rows.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        oldest: datetime | None = cursor.fetchone()[0]
    return oldest
