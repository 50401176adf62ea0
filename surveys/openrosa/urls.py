"""Addresses for devices."""

from django.urls import path

from surveys.openrosa import views

urlpatterns = [path("s/<slug:code>/submission", views.submission, name="submission")]
