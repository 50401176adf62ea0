"""The application itself as the service worker keeps it: which files, and by which version.

Nothing is listed by hand: templates name scripts, styles and pictures, and scripts import scripts.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from surveys.offline.pages import offline_page

TEMPLATES = ("surveys/fill.html", "surveys/offline.html")
QUESTIONS = "surveys/questions"  # a folder: a form's questions choose their templates themselves
WORKER = "js/offline/worker.js"
_INCLUDED = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"']+)["']""")
_STATIC = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
_IMPORTED = re.compile(r"\b(?:from|import)\s*\(?\s*[\"'](\.[^\"']+)")


@dataclass(frozen=True)
class Shell:
    """Addresses of files that are kept together, under a name that is another one as soon as one of
    them is.
    """

    version: str
    files: tuple[str, ...]


@require_safe
@gzip_page
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The worker for all our addresses; browsers ask whether there is a new one each time."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(worker(), content_type="text/javascript; charset=utf-8", headers=headers)


def worker() -> str:
    """The service worker with its shell: put together once a process, while developing each time."""
    return _worker() if settings.DEBUG else _kept_worker()


def _worker() -> str:
    found = shell()
    listed = json.dumps({"version": found.version, "files": found.files})
    return f"const SHELL = {listed};\n{_text_of(WORKER)}"


@lru_cache(maxsize=1)
def _kept_worker() -> str:
    return _worker()


def shell() -> Shell:
    """All that the live page and the page "On this phone" need of the application."""
    templates = _reached(_templates(), _included)
    named = {name for template in templates for name in _STATIC.findall(_source(template))}
    statics = sorted(_reached(named, _imports))
    page = reverse("offline")
    digest = hashlib.sha256()
    for name in statics:
        digest.update(f"{static(name)}\n".encode() + _bytes_of(name))
    for template in sorted(templates):
        digest.update(_source(template).encode())
    digest.update(offline_page().content + _bytes_of(WORKER))
    return Shell(digest.hexdigest()[:16], (page, *map(static, statics)))


def _templates() -> set[str]:
    folder = Path(settings.BASE_DIR) / "templates" / QUESTIONS
    return {*TEMPLATES, *(f"{QUESTIONS}/{path.name}" for path in folder.glob("*.html"))}


def _reached(names: Iterable[str], onwards: Callable[[str], Iterable[str]]) -> set[str]:
    """The names, those that they lead to, and so on."""
    found, wanted = set[str](), set(names)
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted |= set(onwards(name)) - found
    return found


def _included(template: str) -> list[str]:
    return _INCLUDED.findall(_source(template))


def _imports(name: str) -> Iterable[str]:
    """The scripts that a script imports, at once or when they are needed."""
    if not name.endswith(".js"):
        return ()
    return (normpath(join(dirname(name), path)) for path in _IMPORTED.findall(_text_of(name)))


def _source(template: str) -> str:
    source: str = get_template(template).template.source  # type: ignore[attr-defined]
    return source


def _text_of(name: str) -> str:
    return _bytes_of(name).decode()


def _bytes_of(name: str) -> bytes:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path).read_bytes()
