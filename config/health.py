"""Whether this process can do its work, for load balancers and monitors."""

from django.core.cache import cache, caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from surveys import alerts, secrecy

MIGRATED = "migrated"


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Whether it answers at all; who gets no answer here starts it again."""
    return JsonResponse({"process": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests may be sent here: 503 without a database, or with an older one than the code.

    A queue that is away or a silent clock are told and refuse nothing: interviews still come in.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated():
            return JsonResponse({"database": "needs migrate"}, status=503)
        clock = "ok" if alerts.clock_beats() else "silent"
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    if not _has_keys():
        return JsonResponse({"database": "ok", "keys": "unreachable"}, status=503)
    return JsonResponse({"database": "ok", "queue": _queue(), "clock": clock})


def _is_migrated() -> bool:
    """Looked up, which takes a while, until it is: nobody takes migrations back under a running server."""
    cache_of_process = caches["process"]
    if cache_of_process.get(MIGRATED):
        return True
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    cache_of_process.set(MIGRATED, not waiting, timeout=None)
    return not waiting


def _has_keys() -> bool:
    """Whether interviews can be sealed and read."""
    try:
        return secrecy.are_keys_here()
    except DatabaseError:
        return False


def _queue() -> str:
    """Of files or of Redis, which keeps the cache too."""
    try:
        cache.get("health")
    except (RedisError, OSError):
        return "unreachable"
    return "ok"
