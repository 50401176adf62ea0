"""Which admin site the admin application uses."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "config.admin.AdminSite"

    def ready(self) -> None:
        super().ready()
        import_module("config.checks").register_checks()  # which know the models
