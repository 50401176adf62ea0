"""A throw-away installation to measure in, and the lines that tell what was measured."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path


@contextmanager
def installation(*, debug: bool = False, kept: Path | None = None) -> Iterator[None]:
    """A database in a folder of its own, empty unless the folder is `kept` from an earlier time; Django's
    settings must not have been read before.
    """
    thrown_away = tempfile.TemporaryDirectory(prefix="five-standards-bench-")
    with nullcontext(str(kept)) if kept else thrown_away as folder:
        os.environ |= {
            "VAR_DIR": folder,
            "SECRET_KEY": "used for measuring only, and never anywhere else: it is no secret",
            "DEBUG": str(debug),
            "HTTPS": "false",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "KEYS_URL": f"sqlite:///{folder}/keys.sqlite3",
            "REDIS_URL": "",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # a browser's driver has a loop in this thread
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        yield


def tell(name: str, seconds: float, bar_s: float, **more: float) -> None:
    """A measure beside its bar; a ratio up to 1 keeps it."""
    line = {"name": name, "ratio": round(seconds / bar_s, 3), "seconds": round(seconds, 5)}
    write(**line, baseline_seconds=bar_s, **more)


def write(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
