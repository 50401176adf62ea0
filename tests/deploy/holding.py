"""A program that keeps each request until its process is let go, and answers with the process's number."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

# Names a folder of files: one for each request that has begun, one for each process let go.
FOLDER = "HOLDING_FOLDER"


def application(_environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    folder, process = Path(os.environ[FOLDER]), str(os.getpid())
    (folder / f"begun-{process}-{uuid4()}").touch()
    while not (folder / process).exists():
        time.sleep(0.02)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [process.encode()]
