"""The queue: the Celery application, read from Django's settings."""

import os
import sys
from importlib import import_module
from typing import Any

import django
from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("five_standards")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def require_safe(**kwargs: Any) -> None:
    """Celery logs what its receivers raise, and goes on: so the program is ended."""
    django.setup()
    checks = import_module("config.checks")  # which needs the applications loaded
    try:
        checks.require_safe()
    except checks.Insecure as error:
        (sys.__stderr__ or sys.stderr).write(f"{error}\n")  # Celery's own leads to its log
        sys.exit(1)
