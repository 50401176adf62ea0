"""The application whose one table is in a database of its own."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KeysConfig(AppConfig):
    name = "surveys.keys"
    label = "keys"
    verbose_name = _("Keys")
