"""The scripts that a page loads before it can be used, for the page to name them all at once."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.contrib.staticfiles import finders

from surveys.formlogic.functions import (
    dates,
    geometry,
    instances,
    patterns,
    randomness,
    secrets,
)
from surveys.xforms.definition import FormDef

LIVE = ("js/webform/main.js", "js/offline/keeping.js")  # the second opens the draft on the phone
PHONE = ("js/offline/page.js",)  # the page "On this phone"
FUNCTIONS = "js/formlogic/functions"
RARE = (dates, geometry, instances, patterns, randomness, secrets)  # as in its index.js
_IMPORTED = re.compile(r'(?:^|;)(?:import|export)\b[^;"(]*"(\.[^"]+)"', re.MULTILINE)


def live_modules(form: FormDef, functions: Collection[str]) -> tuple[str, ...]:
    """What the live page of a form imports that calls these functions, but for its first script."""
    needed = modules_of((*LIVE, *_parts(form), *_modules_with(functions)))
    return tuple(name for name in needed if name != LIVE[0])


def _parts(form: FormDef) -> Iterator[str]:
    """What not every form has: see `partsOf` and `boot` in main.js."""
    if form.repeats:
        yield "js/webform/repeats.js"
    if any(question.itemset for question in form.questions):
        yield "js/webform/options.js"
    if form.audit is not None:
        yield "js/webform/recorder.js"


def _modules_with(functions: Collection[str]) -> Iterator[str]:
    """Functions that are loaded when a form calls them, in modules that are named as ours."""
    for module in RARE:
        if module.FUNCTIONS.keys() & set(functions):
            yield f"{FUNCTIONS}/{module.__name__.rpartition('.')[2]}.js"


@lru_cache(maxsize=64)
def modules_of(entries: tuple[str, ...]) -> tuple[str, ...]:
    """Scripts with what they import at once, and what that imports: a browser alone would find it
    step by step.
    """
    found, wanted = set[str](), [*entries]
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted += {normpath(join(dirname(name), path)) for path in _imports(name)} - found
    return tuple(sorted(found))


def _imports(name: str) -> list[str]:
    path = finders.find(name)
    return _IMPORTED.findall(Path(path).read_text("utf-8")) if isinstance(path, str) else []
