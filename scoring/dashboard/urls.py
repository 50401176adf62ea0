"""Addresses of the dashboard besides the admin's first page."""

from django.contrib import admin
from django.urls import path

from scoring.dashboard.crosstab_views import crosstab, crosstab_file
from scoring.dashboard.explanation_views import explain
from scoring.dashboard.publicity import preview, publicity
from scoring.dashboard.views import figures, table

urlpatterns = [
    path("figures", figures, name="dashboard-figures"),
    path("tables/<slug:what>.csv", admin.site.admin_view(table), name="dashboard-table"),
    path("public/", admin.site.admin_view(publicity), name="dashboard-public"),
    path("public/preview", admin.site.admin_view(preview), name="dashboard-public-preview"),
    path("crosstab/", admin.site.admin_view(crosstab), name="dashboard-crosstab"),
    path("crosstab.csv", admin.site.admin_view(crosstab_file), name="dashboard-crosstab-file"),
    path("explain", admin.site.admin_view(explain), name="dashboard-explain"),
]
