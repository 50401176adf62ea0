"""The application that judges: schemes, scores, cells, estimates."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = _("Scoring")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("scoring.receivers")
        import_module("scoring.announcements")  # what webhooks tell of judging
        import_module("scoring.publishing")  # what questionnaires' workbooks say of schemes
        import_module("scoring.dashboard.ahead")  # what is drawn before numbers are seen
