"""Addresses of the interviewing pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from surveys.webform import endings, home, sections
from surveys.webform.accounts import SignIn

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("fill/<int:questionnaire_id>/", home.fill, name="fill"),
    path("interviews/<uuid:draft_id>/<int:number>/", sections.section, name="section"),
    path("interviews/<uuid:draft_id>/finish/", endings.finish, name="finish"),
    path("interviews/<uuid:draft_id>/discard/", endings.discard, name="discard"),
    path("receipts/<int:submission_id>/", endings.receipt, name="receipt"),
]
