"""Addresses of the dashboard besides the admin's first page."""

from django.contrib import admin
from django.urls import path

from scoring.dashboard.explanation_views import explain
from scoring.dashboard.views import figures

urlpatterns = [
    path("figures", figures, name="dashboard-figures"),
    path("explain", admin.site.admin_view(explain), name="dashboard-explain"),
]
