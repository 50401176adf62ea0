"""How pages are served: `gunicorn --config python:config.gunicorn config.wsgi`.

`WEB_CONCURRENCY` says how many processes there are, of `threads` requests at once each.

nginx stands before it, waits for slow clients itself and hands on whole requests. So a process accepts only what it
has a thread for, and keeps no connection: what waits is taken by whichever process is free first. Else a process
that is busy would go on accepting what another could begin at once.
"""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

COUNTED = "PROMETHEUS_MULTIPROC_DIR"  # a folder, where anything is counted

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = worker_connections = 2
keepalive = 0
preload_app = True  # what processes have in common is in memory once
graceful_timeout = 25  # what a request has left when the server is asked to stop
limit_request_line = 8190  # devices ask about all ids that they made offline
control_socket_disable = True
loglevel = "warning"
logger_class = "config.logs.GunicornLogger"


def on_starting(server: Any) -> None:
    """Counting begins anew with the server: the library adds up the files of all processes it finds."""
    if COUNTED in os.environ:  # set by the settings, after this file was read
        for file in Path(os.environ[COUNTED]).glob("*.db"):
            file.unlink(missing_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """What a process counted stays, what it was in the middle of does not."""
    if COUNTED in os.environ:
        import_module("prometheus_client.multiprocess").mark_process_dead(worker.pid)
