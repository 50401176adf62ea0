"""The scripts that the live page loads before it can be used, for the page to name them all at once."""

import re
from functools import lru_cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.contrib.staticfiles import finders

ENTRY = "js/webform/main.js"
NEXT = "js/offline/keeping.js"  # opens the draft, where the browser keeps anything
_IMPORTED = re.compile(r'^(?:import|export)\b[^;"]*?"(\.[^"]+)"', re.MULTILINE)


@lru_cache(maxsize=1)
def first_modules() -> tuple[str, ...]:
    """What the entry imports, and what that imports: a browser alone would find it step by step."""
    found, wanted = set[str](), [ENTRY, NEXT]
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted += {normpath(join(dirname(name), path)) for path in _imports(name)} - found
    return tuple(sorted(found - {ENTRY}))


def _imports(name: str) -> list[str]:
    path = finders.find(name)
    return _IMPORTED.findall(Path(path).read_text("utf-8")) if isinstance(path, str) else []
