"""Which database a table is in: keys in their own, never beside what they open."""

from typing import Any

from django.db.models import Model

KEYS = "keys"  # of DATABASES, and the label of the application


class KeysApart:
    def db_for_read(self, model: type[Model], **_: Any) -> str | None:
        return KEYS if model._meta.app_label == KEYS else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        return (db == KEYS) == (app_label == KEYS)
