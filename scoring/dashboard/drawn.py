"""A page and its HTML, made once for what they are made from."""

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.html import json_script
from redis.exceptions import RedisError

from scoring.dashboard.page import Page
from scoring.dashboard.selection import Recipe, Selection, recipe_of
from scoring.dashboard.tables import FileNames
from scoring.dashboard.watched import note

SHARED_S = 60  # in which the other processes come to look


@dataclass(frozen=True)
class Drawn:
    """The page; as HTML the choices of people, the panels and the data of charts."""

    page: Page
    people: str
    panels: str
    data: str


def drawn(selection: Selection) -> Drawn | None:
    """The page of the selection, drawn for the reader's language; None while there are no numbers."""
    recipe = recipe_of(selection)
    return None if recipe is None else drawn_by(recipe)


@lru_cache(maxsize=30)  # of a quarter of a megabyte each
def drawn_by(recipe: Recipe) -> Drawn:
    """For somebody who looks: as this process has it already, or as it is kept for all."""
    note(recipe)
    return kept(recipe)


def kept(recipe: Recipe) -> Drawn:
    """As any process of this program has drawn it before, or else drawn now.

    It is found by all that it is made from, and is never old.
    """
    key = f"drawn:{settings.PROGRAM}:{recipe.key}"
    found: Drawn | None = None
    with suppress(RedisError):
        found = cache.get(key)
    if found is None:
        found = _draw(recipe)
        with suppress(RedisError):
            cache.set(key, found, SHARED_S)
    return found


def _draw(recipe: Recipe) -> Drawn:
    selection, page = recipe.selection, recipe.page()
    context = {
        "page": page,
        "selection": selection,
        "files": files_of(recipe, page),
        "address": selection.address,
        "explained_query": selection.query,
    }
    return Drawn(
        page=page,
        people=render_to_string("scoring/dashboard/choices.html", context),
        panels=render_to_string("scoring/dashboard/panels.html", context),
        data=json_script(data_of(page), "dashboard-data"),
    )


def files_of(recipe: Recipe, page: Page) -> FileNames:
    """What files of the page are called."""
    return FileNames.of(recipe.survey.code, recipe.scheme.name, page)


def data_of(page: Page) -> dict[str, Any]:
    """What charts are drawn from: all but the composition, which is half of it and needs none."""
    return asdict(replace(page, composition=None))
