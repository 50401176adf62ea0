"""`manage.py migrate`: the tables of both databases, that of the keys too."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS

from surveys.keys.router import KEYS


class Command(Migrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=None)

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        asked = options["database"]
        return {"databases": [asked] if asked else [KEYS, DEFAULT_DB_ALIAS]}

    def handle(self, *args: Any, **options: Any) -> None:
        """Keys first: whatever has its tables can be sealed."""
        if options["database"] is None:
            if options["app_label"] in (None, KEYS):
                super().handle(*args, **{**options, "database": KEYS, "app_label": KEYS})
            if options["app_label"] != KEYS:
                super().handle(*args, **{**options, "database": DEFAULT_DB_ALIAS})
        else:
            super().handle(*args, **options)
