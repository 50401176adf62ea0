"""The application that collects: questionnaires, fieldwork, interviews."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Fieldwork")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("surveys.tasks")  # also in the web and in commands: it offers the exports
