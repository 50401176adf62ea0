"""Every address of the project, filled in with the rows of a world."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.world import World

PART = re.compile(r"<(?:\w+:)?(\w+)>")
MODEL = re.compile(r"^admin/\w+/(\w+)/")
HISTORY = "^([^/]+)/history/([^/]+)/$"
APPS = "^(?P<app_label>"


def routes() -> list[str]:
    """The patterns of all addresses, each once."""
    return sorted(set(_walk(get_resolver(), "")))


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern, route)


def address(route: str, world: World) -> str:
    """An address of the pattern that names the world's rows."""
    model = MODEL.match(route)
    row = world.rows.get(model[1]) if model else None
    if route.endswith(HISTORY):
        past = row.history.first().pk if row else 1  # type: ignore[attr-defined]
        return f"/{route.removesuffix(HISTORY)}{row.pk if row else 1}/history/{past}/"
    if APPS in route:
        return "/admin/surveys/"
    if route.endswith("(?P<url>.*)$"):
        return "/admin/nowhere/"
    return "/" + PART.sub(lambda part: _filled(part[1], route, world), route)


SPECIAL = {  # rows that are not of the model in the address
    "admin/surveys/interview/submission/": "submission",
    "admin/surveys/interview/file/": "attachment",
    "admin/surveys/interview/batch/": "decisionbatch",
    "admin/surveys/interview/<int:pk>/corrections/": "corrected",
    "admin/surveys/inspection/doubt/": "doubt",
    "admin/surveys/inspection/limits/": "survey",
    "admin/surveys/inspection/evidence/": "interview",
    "admin/surveys/questionnaire/version/": "version",
}


def _filled(name: str, route: str, world: World) -> str:
    if name in world.parts:
        return world.parts[name]
    special = [row for start, row in SPECIAL.items() if route.startswith(start)]
    model = MODEL.match(route)
    row = world.rows.get(special[0] if special else model[1] if model else "")
    return str(row.pk) if row else "1"
