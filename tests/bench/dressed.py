"""The same view inside of the project: what settings and middleware add to every request."""

from django.conf import settings

from config.wsgi import application
from tests.bench.row import urlpatterns as measured

__all__ = ["application", "urlpatterns"]

settings.ROOT_URLCONF = __name__

from config.urls import urlpatterns as ours  # noqa: E402  # the admin's urls need the apps

urlpatterns = [*measured, *ours]
