"""Addresses of what phones keep: the application, questionnaires to take along, what was received."""

from django.urls import path

from surveys.offline import kits, manifest, pages, received, shell

urlpatterns = [
    path("offline/", pages.offline, name="offline"),
    path("offline/kits.json", kits.kits, name="kits"),
    path("offline/received", received.received, name="received"),
    path("sw.js", shell.service_worker, name="service_worker"),
    path("manifest.webmanifest", manifest.manifest, name="manifest"),
]
