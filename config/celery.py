"""The queue: the Celery application, read from Django's settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("five_standards")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
