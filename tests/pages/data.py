"""What a world's rows say: words that pages show as they are, in whatever language."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, Model, TextField

APPS = ("surveys", "scoring", "axes")
NOT_SHOWN = {"xml"}


def words_of_rows() -> str:
    """All text that is stored, one value a line, in small letters."""
    models = [model for name in APPS for model in apps.get_app_config(name).get_models()]
    theirs = {str(row) for model in models for row in _rows_of_others(model)}
    return "\n".join(
        value.lower() for value in theirs.union(*(set(_values(model)) for model in models))
    )


def _rows_of_others(model: type[Model]) -> Iterator[Model]:
    """Rows of a package that has no Chinese words for how it calls them."""
    if model._meta.app_label == "axes":
        yield from model._default_manager.all()


def _values(model: type[Model]) -> Iterator[str]:
    fields = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField) and field.name not in NOT_SHOWN
    ]
    for row in model._default_manager.values_list(*fields):
        for value in row:
            yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in value.items() for one in part for text in _texts(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in _texts(one))
