"""Which program this is: what one process has kept, another of the same program may read."""

import hashlib
from pathlib import Path

PARTS = ("config", "scoring", "surveys", "templates", "locale")
READ = {
    ".py",
    ".html",
    ".txt",
    ".mo",
}  # what a program is loaded from; the rest are files for browsers


def identity(base: Path) -> str:
    """Another for whatever could make another page: code, templates, translations, versions of libraries.

    The same on all hosts of a release, whenever they were started.
    """
    loaded = (path for part in PARTS for path in sorted((base / part).rglob("*")))
    digest = hashlib.sha256((base / "requirements.txt").read_bytes())
    for path in loaded:
        if path.suffix in READ:
            digest.update(path.read_bytes())
    return digest.hexdigest()
