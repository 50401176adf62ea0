"""Addresses for devices: `/s/<survey>` with a name and password, `/key/<token>/s/<survey>` without.

Either is what ODK Collect calls its server URL; it appends the rest.
"""

from django.urls import include, path

from surveys.openrosa import forms, views

SERVER = [
    path("formList", forms.form_list, name="openrosa_forms"),
    path("forms/<int:version_id>.xml", forms.form, name="openrosa_form"),
    path("forms/<int:version_id>/manifest", forms.manifest, name="openrosa_manifest"),
    path("forms/<int:version_id>/files/<str:name>", forms.file, name="openrosa_file"),
    path("forms/<int:version_id>/lists/<str:name>.csv", forms.entity_list, name="openrosa_list"),
    path("forms/<int:version_id>/lists/<str:name>/integrity", forms.integrity, name="integrity"),
    path("submission", views.submission, name="submission"),
]

urlpatterns = [
    path("s/<slug:code>/", include(SERVER)),
    path("key/<str:token>/s/<slug:code>/", include(SERVER)),
]
