"""Logs of interviews: what they say in columns to be asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.interview import Attachment


class AuditLog(models.Model):
    """An audit.csv in numbers; the file itself is the attachment, and says all of it.

    `seconds` is by question and `section_seconds` by group, as `surveys.xforms.audit.Log` has them;
    `events` counts by kind, `unread` the kinds of things that could not be read.
    """

    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="audit_log")
    sha256 = models.CharField(max_length=64)
    active_seconds = models.FloatField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    seconds = models.JSONField(default=dict)
    section_seconds = models.JSONField(default=dict)
    events = models.JSONField(default=dict)
    edits = models.PositiveIntegerField()
    positions = models.PositiveIntegerField()
    unread = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("audit log")
        verbose_name_plural = _("audit logs")

    def __str__(self) -> str:
        return str(self.attachment)
