"""Addresses below that of a feed, which has a slash at its end or none."""

from django.urls import path

from surveys.api.odata import views

app_name = "odata"
FEED = "questionnaires/<int:questionnaire_id>/odata/<str:words>"

urlpatterns = [
    path(f"{FEED}/", views.service, name="service"),
    path(FEED, views.service, name="service_plain"),
    path(f"{FEED}/$metadata", views.metadata, name="metadata"),
    path(f"{FEED}/<str:table>", views.rows, name="rows"),
    path(f"{FEED}/<str:table>/$count", views.count, name="count"),
]
