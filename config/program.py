"""Which program this is: what one process has kept, another of the same program may read."""

import hashlib
from pathlib import Path

PARTS = ("requirements.txt", "config", "scoring", "surveys", "templates", "locale")
# What a program is loaded from; the rest are files for browsers.
LOADED = {".py", ".html", ".txt", ".mo"}


def identity(base: Path, *settings: object) -> str:
    """Another for other code, templates, translations, versions of libraries, or settings that are named.

    The same on all hosts of a release, whenever they were started.
    """
    digest = hashlib.sha256(repr(settings).encode())
    for path in (path for part in PARTS for path in _files(base / part)):
        digest.update(str(path.relative_to(base)).encode() + path.read_bytes())
    return digest.hexdigest()


def _files(part: Path) -> list[Path]:
    found = [part] if part.is_file() else part.rglob("*")
    return sorted(path for path in found if path.suffix in LOADED)
