"""The panels of the page as HTML, rendered once a process for the values that they are made from."""

import hashlib

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.translation import get_language

from scoring.dashboard.page import Page
from scoring.dashboard.selection import Selection
from scoring.dashboard.tables import FileNames


def panels_of(page: Page, selection: Selection, files: FileNames) -> str:
    """The panels, in the reader's language. What is kept is found by its content and is never old.

    A process forgets them when it ends, so that nobody reads those of an earlier program.
    """
    made_from = {
        "page": page,
        "files": files,
        "address": selection.address,
        "explained_query": selection.query,
    }
    content = repr((get_language(), made_from))
    key = f"panels:{hashlib.sha256(content.encode()).hexdigest()}"
    html: str | None = caches["process"].get(key)
    if html is None:
        html = render_to_string("scoring/dashboard/panels.html", made_from)
        caches["process"].set(key, html)
    return html
