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

PLACES = 200
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
    """As this process, or another of the same program, has drawn it before, or else drawn now.

    What is kept is found by all that it is made from, and is never old.
    """
    with suppress(RedisError):
        if found := _kept(recipe):
            return found
    found = draw(recipe)
    with suppress(RedisError):
        keep(recipe, found)
    return found


def draw(recipe: Recipe) -> Drawn:
    """The page as HTML, in the current language."""
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


def keep(recipe: Recipe, found: Drawn) -> None:
    """For all processes. Raises RedisError."""
    cache.set(_place(recipe), (recipe.key, found), SHARED_S)


def _kept(recipe: Recipe) -> Drawn | None:
    key, found = cache.get(_place(recipe), ("", None))
    return found if key == recipe.key else None


def _place(recipe: Recipe) -> str:
    """One of so many: what addresses can ask for has no end, and Redis holds the queue too."""
    return f"drawn:{settings.PROGRAM}:{int(recipe.key, 16) % PLACES}"


def files_of(recipe: Recipe, page: Page) -> FileNames:
    """What files of the page are called."""
    return FileNames.of(recipe.survey.code, recipe.scheme.name, page)


def data_of(page: Page) -> dict[str, Any]:
    """What charts are drawn from: all but the composition, which is half of it and needs none."""
    return asdict(replace(page, composition=None))
