"""Addresses that are open to everybody."""

from django.urls import path

from scoring.dashboard.public_views import public, public_table

urlpatterns = [
    path("<slug:code>/", public, name="public"),
    path("<slug:code>/tables/<slug:what>.csv", public_table, name="public-table"),
]
