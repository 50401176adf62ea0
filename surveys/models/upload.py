"""Workbooks that were checked and wait to be published, with the files that belong to them."""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.survey import Role, Survey
from surveys.models.user import User

KEPT_FOR = timedelta(days=1)


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User | AnonymousUser) -> "UploadQuerySet":
        """Those of surveys that the person coordinates: nobody else publishes."""
        return self.filter(survey__in=Survey.objects.with_role(user, Role.COORDINATOR))

    def recent(self) -> "UploadQuerySet":
        """Those that are not to be thrown away."""
        return self.filter(uploaded_at__gt=timezone.now() - KEPT_FOR)

    def waiting(self) -> "UploadQuerySet":
        return self.filter(version=None)

    def light(self) -> "UploadQuerySet":
        """Without the workbook, which may be megabytes."""
        return self.defer("workbook")


class Upload(models.Model):
    """A workbook between its upload and its publication; a day later it is gone.

    `xml` is its XForm, blank where the workbook became none. `findings` say everything that the
    linter found. `version` is what it became, so that publishing twice is publishing once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255)
    workbook = models.BinaryField()
    xml = models.BinaryField(default=b"")
    findings = models.JSONField(default=list)
    uploaded_at = models.DateTimeField(auto_now_add=True, db_index=True)
    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, null=True, related_name="+")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def kept_until(self) -> datetime:
        return self.uploaded_at + KEPT_FOR


class UploadFile(models.Model):
    """A picture, list or other file that came with a workbook."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    size = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("file of an upload")
        verbose_name_plural = _("files of uploads")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("upload", "name"), name="file_name_once_an_upload"),
        )

    def __str__(self) -> str:
        return self.name
