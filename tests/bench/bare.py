"""What intake is measured against: Django, a view that parses the same request, and one row inserted."""

from typing import Any

import environ
from django.conf import settings

settings.configure(
    SECRET_KEY="used for measuring only",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    DATABASES={"default": {**environ.Env().db_url("DATABASE_URL"), "CONN_MAX_AGE": 60}},
    DATA_UPLOAD_MAX_NUMBER_FILES=200,
    USE_TZ=True,
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    xml = models.BinaryField()

    class Meta:
        app_label = "bare"  # the table is bare_row

    def __str__(self) -> str:
        return str(self.pk)


def view(request: HttpRequest) -> HttpResponse:
    part: Any = request.FILES["xml_submission_file"]
    Row(xml=part.read()).save()
    return HttpResponse(status=201)


urlpatterns = [path("submission", view)]

application = get_wsgi_application()
