"""The least that a view does which receives interviews: the request parsed, and one row inserted."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


class Row(models.Model):
    xml = models.BinaryField()

    class Meta:
        app_label = "bare"  # the table is bare_row

    def __str__(self) -> str:
        return str(self.pk)


@csrf_exempt
def view(request: HttpRequest) -> HttpResponse:
    part: Any = request.FILES["xml_submission_file"]
    Row(xml=part.read()).save()
    return HttpResponse(status=201)


urlpatterns = [path("bare", view)]
