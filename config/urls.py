"""Every address of the project."""

from django.contrib import admin
from django.urls import include, path

from config.api import api
from config.health import healthz

urlpatterns = [
    path("admin/dashboard/", include("scoring.dashboard.urls")),
    path("admin/", admin.site.urls),
    path("results/", include("scoring.dashboard.public_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("surveys.urls")),
]
