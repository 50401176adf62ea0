"""Addresses of the interviewing pages."""

from django.urls import path

from surveys.webform import (
    attempts,
    endings,
    files,
    home,
    instances,
    live,
    logs,
    media,
    preview,
    returned,
    second_visits,
    sections,
)
from surveys.webform.accounts import SignIn, SignOut

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", SignOut.as_view(), name="logout"),
    path("fill/<int:questionnaire_id>/", home.fill, name="fill"),
    path("fill/<int:version_id>/files/<str:name>", media.form_file, name="form_file"),
    path("fill/<int:version_id>/lists/<str:name>", media.form_list, name="form_list"),
    path("fill/<int:version_id>/<str:language>/", live.live, name="live"),
    path(
        "fill/<int:version_id>/<str:language>/form.json",
        live.form_definition,
        name="form_definition",
    ),
    path("interview/<uuid:draft_id>/<int:number>/", sections.section, name="section"),
    path("interview/<uuid:draft_id>/finish/", endings.finish, name="finish"),
    path("interview/<uuid:draft_id>/discard/", endings.discard, name="discard"),
    path("interview/<uuid:draft_id>/instance", instances.instance, name="instance"),
    path("interview/<uuid:draft_id>/log", logs.log, name="draft_log"),
    path("interview/<uuid:draft_id>/files/", files.draft_files, name="draft_files"),
    path("interview/<uuid:draft_id>/files/<str:name>", files.draft_file, name="draft_file"),
    path("preview/<str:key>/in/<str:language>/", preview.preview, name="preview"),
    path(
        "preview/<str:key>/in/<str:language>/form.json",
        preview.definition,
        name="preview_definition",
    ),
    path("preview/<str:key>/instance", preview.instance, name="preview_instance"),
    path("preview/<str:key>/answers/", preview.no_files, name="preview_files"),
    path("preview/<str:key>/answers/<str:name>", preview.no_files),
    path("preview/<str:key>/end/", preview.end, name="preview_end"),
    path("preview/<str:key>/files/<str:name>", preview.form_file, name="preview_file"),
    path("preview/<str:key>/lists/<str:name>", preview.form_list, name="preview_list"),
    path("sites/<int:site_id>/people/", attempts.people, name="people"),
    path("people/<int:case_id>/", attempts.person, name="person"),
    path("people/<int:case_id>/contact/", attempts.contact, name="contact"),
    path("people/<int:case_id>/take-back/", attempts.take_back, name="take_back"),
    path("returned/<int:interview_id>/", returned.returned, name="returned"),
    path("again/<int:visit_id>/", second_visits.second_visit, name="second_visit"),
    path("receipts/<int:submission_id>/", endings.receipt, name="receipt"),
]
