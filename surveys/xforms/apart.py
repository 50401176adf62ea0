"""A process in which workbooks of strangers are looked at: `python -m surveys.xforms.apart`.

It has no secrets, no network where the kernel permits that, and makes a child of each workbook, with little
time and memory. It reads requests from its standard input and writes answers to its standard output, each as its
length and its bytes; an empty answer stands for a child that did not come to an end. It ends with its input, or when
nobody asked for a while.
"""

import base64
import ctypes
import json
import os
import resource
import select
import struct

from surveys.xforms.linting import findings, linter

CPU_S = 30
MEMORY = 1_500_000_000  # bytes of addresses; numpy's threads alone take a third
OPEN_FILES = 64
LARGEST_FILE = 30_000_000  # bytes: pyxform writes its XForm into a temporary one
IDLE_S = 15 * 60
CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
LENGTH = struct.Struct("!Q")


def main() -> None:
    cut_off()
    source, target = os.dup(0), os.dup(1)
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(quiet, standard)
    while select.select([source], [], [], IDLE_S)[0] and (request := receive(source)):
        send(target, answer(request))


def cut_off() -> bool:
    """Leave the machine's network; whether the kernel let us."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0


def answer(request: bytes) -> bytes:
    """What a child makes of it; nothing of one workbook is left for the next."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _work(request, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(child, 0)
    return said if status == 0 else b""


def _work(request: bytes, writer: int) -> None:
    """Never returns."""
    status = 1
    try:
        limit()
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(looked_at(request))
        status = 0
    finally:
        os._exit(status)


def limit() -> None:
    """From here on this process gets so much and no more."""
    for kind, most in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def looked_at(request: bytes) -> bytes:
    asked = json.loads(request)
    beside = [findings.from_json(one) for one in asked["beside"]]
    review = linter.review(base64.b64decode(asked["workbook"]), beside)
    told = {
        "findings": [findings.to_json(one) for one in review.findings],
        "xml": base64.b64encode(review.xml).decode() if review.xml else None,
        "form": review.form.to_json() if review.form else None,
    }
    return json.dumps(told).encode()


def send(target: int, content: bytes) -> None:
    left = memoryview(LENGTH.pack(len(content)) + content)
    while left:
        left = left[os.write(target, left) :]


def receive(source: int) -> bytes:
    """Empty at the end."""
    head = _read(source, LENGTH.size)
    return _read(source, LENGTH.unpack(head)[0]) if head else b""


def _read(source: int, size: int) -> bytes:
    parts = []
    while size and (part := os.read(source, min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"" if size else b"".join(parts)


if __name__ == "__main__":
    main()
