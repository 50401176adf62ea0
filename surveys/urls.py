"""Addresses of the collecting side."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("surveys.offline.urls")),
    path("", include("surveys.openrosa.urls")),
    path("", include("surveys.webform.urls")),
]
