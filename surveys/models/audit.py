"""Logs of interviews: as they are being written, and what they say in columns to be asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.interview import Attachment, Draft


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


class DraftLogPart(models.Model):
    """Rows of an unfinished interview's log, as one page sent them; pages count their parts.

    `last` is the latest moment in the rows, in milliseconds since 1970 by the device's clock.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="log_parts")
    page = models.UUIDField()
    number = models.PositiveIntegerField()
    rows = models.TextField()
    last = models.BigIntegerField()

    class Meta:
        verbose_name = _("part of a draft's log")
        verbose_name_plural = _("parts of drafts' logs")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("draft", "page", "number"), name="log_part_once_a_page"
            ),
        )

    def __str__(self) -> str:
        return f"{self.draft_id} {self.page} {self.number}"
