"""Workbooks of strangers looked at in a process of its own, so that what breaks there breaks nothing here.

The process is started once and waits; each workbook gets a child of it (`surveys.xforms.apart`), with limits.
"""

import base64
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from surveys.errors import gettext_noop
from surveys.xforms import apart
from surveys.xforms.definition import FormDef
from surveys.xforms.linting import findings
from surveys.xforms.linting.findings import ERROR, Finding
from surveys.xforms.linting.linter import Review

logger = logging.getLogger(__name__)

WHOLE_S = 60.0  # of the clock on the wall: on a busy machine, time of the processor takes longer
LONGEST_ANSWER = 100_000_000  # bytes
LEFT_OF_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR")  # no secrets


class Room:
    """The process; one workbook at a time is in it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.lock = Lock()

    def prepare(self) -> None:
        """Let the process start now, as somebody is about to ask."""
        with self.lock:
            self._open()

    def ask(self, request: bytes) -> bytes:
        """Empty where there was no answer in time, or none that makes sense."""
        with self.lock:
            return self._asked(request) or b""

    def _open(self) -> "subprocess.Popen[bytes]":
        if self.process is not None and self.process.poll() is not None:
            with self.process:  # closes what led to it
                self.process = None
        if self.process is None:
            self.process = _started()
        return self.process

    def _asked(self, request: bytes) -> bytes | None:
        process = self._open()
        assert process.stdin is not None  # noqa: S101  # both are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            apart.send(process.stdin.fileno(), request)
            answer = _answer(process.stdout.fileno(), time.monotonic() + WHOLE_S)
        except OSError:  # it ended meanwhile
            answer = None
        if answer is None:
            self._close(process)
        return answer

    def _close(self, process: "subprocess.Popen[bytes]") -> None:
        """With whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.process = None


ROOM = Room()


def review(workbook: bytes, beside: Sequence[Finding] = ()) -> Review:
    """As `linter.review`, but for workbooks that take too much: these have one finding, which says so."""
    asked = {
        "workbook": base64.b64encode(workbook).decode(),
        "beside": [findings.to_json(one) for one in beside],
    }
    answer = ROOM.ask(json.dumps(asked).encode())
    if not answer:
        logger.warning("A workbook of %s bytes took too much", len(workbook))
        return Review((_too_much(),))
    return _review(json.loads(answer))


def _review(told: dict[str, Any]) -> Review:
    return Review(
        tuple(findings.from_json(one) for one in told["findings"]),
        base64.b64decode(told["xml"]) if told["xml"] else None,
        FormDef.from_json(told["form"]) if told["form"] else None,
    )


def _too_much() -> Finding:
    return Finding(
        ERROR,
        "too-much",
        gettext_noop(
            "Looking at the workbook took more than %(seconds)s seconds or %(megabytes)s MB of memory. "
            "Copy the filled cells of its sheets into a new workbook, or divide the form, and try "
            "again."
        ),
        {"seconds": apart.CPU_S, "megabytes": apart.MEMORY // 1_000_000},
    )


def _started() -> "subprocess.Popen[bytes]":
    kept = {name: os.environ[name] for name in LEFT_OF_ENVIRONMENT if name in os.environ}
    return subprocess.Popen(  # the command is ours
        [sys.executable, "-m", "surveys.xforms.apart"],
        cwd=Path(settings.BASE_DIR),
        env={**kept, "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that it is killed as a whole
    )


def _answer(source: int, until: float) -> bytes | None:
    """None where it is late, too long or cut off; empty where the child did not come to its end."""
    head = _exactly(source, apart.LENGTH.size, until)
    if head is None:
        return None
    (size,) = apart.LENGTH.unpack(head)
    return None if size > LONGEST_ANSWER else _exactly(source, size, until)


def _exactly(source: int, size: int, until: float) -> bytes | None:
    parts: list[bytes] = []
    while size:
        is_here, _, _ = select.select([source], [], [], max(0.0, until - time.monotonic()))
        part = os.read(source, min(size, 1 << 20)) if is_here else b""
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
