"""Addresses of the dashboard besides the admin's first page."""

from django.urls import path

from scoring.dashboard.views import figures

urlpatterns = [path("figures", figures, name="dashboard-figures")]
