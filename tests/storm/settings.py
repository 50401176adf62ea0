"""The settings of production, but for what would only cost time, with static files for each release."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, STORAGES
from config.storage import StaticStorage


class NotCompressed(ManifestStaticFilesStorage):
    """Addresses as in production."""

    support_js_module_import_aggregation = StaticStorage.support_js_module_import_aggregation
    max_post_process_passes = StaticStorage.max_post_process_passes


STATIC_ROOT = BASE_DIR / "collected"  # what an earlier release had is gone
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "tests.storm.settings.NotCompressed"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
