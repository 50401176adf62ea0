"""Every address of the project."""

from django.contrib import admin
from django.urls import include, path

from config.api import api
from config.health import live, ready
from config.metrics import metrics

handler404, handler500 = "config.errors.nowhere", "config.errors.broken"
urlpatterns = [
    path("admin/dashboard/", include("scoring.dashboard.urls")),
    path("admin/", admin.site.urls),
    path("results/", include("scoring.dashboard.public_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("api/v1/", include("surveys.api.odata.urls")),
    path("healthz", ready, name="healthz"),
    path("healthz/live", live, name="healthz-live"),
    path("metrics", metrics, name="metrics"),
    path("", include("surveys.urls")),
]
