"""The office's corrections: every answer that changed, before and after, with its reason."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.keys.fields import SealedTextField
from surveys.models.interview import Interview, Submission
from surveys.models.survey import Role, Survey
from surveys.models.user import User


class CorrectionBatchQuerySet(models.QuerySet["CorrectionBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> "CorrectionBatchQuerySet":
        """Coordinators see the batches of their surveys."""
        return self.filter(survey__in=Survey.objects.with_role(user, Role.COORDINATOR))


class CorrectionBatch(models.Model):
    """Corrections of many interviews that were looked at, applied and can be undone together."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="correction_batches", verbose_name=_("survey")
    )
    title = models.CharField(_("title"), max_length=200)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(_("applied"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = CorrectionBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of corrections")
        verbose_name_plural = _("batches of corrections")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title


class CorrectionRow(models.Model):
    """One line of a batch as it was given, what stands against it, and what it became.

    `before` is None where the file does not say what the answer should have been. `fault` is a
    sentence with `%(name)s` places; `seen` the version that was looked at.
    """

    batch = models.ForeignKey(CorrectionBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    interview_id_given = models.CharField(max_length=249)
    question = models.CharField(max_length=500)
    before = models.TextField(null=True)  # noqa: DJ001 - blank is an answer that was none
    after = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    interview = models.ForeignKey(Interview, models.SET_NULL, null=True, related_name="+")
    place = models.CharField(max_length=500, blank=True)
    found = models.TextField(blank=True)  # the answer as it was when it was looked at
    follows = models.PositiveIntegerField(default=0)  # other answers that change with it
    seen = models.ForeignKey(Submission, models.SET_NULL, null=True, related_name="+")
    fault = models.TextField(blank=True)
    fault_params = models.JSONField(default=dict)
    became = models.ForeignKey(Submission, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("batch", "number")
        constraints = (
            models.UniqueConstraint(fields=("batch", "number"), name="correction_row_once_a_batch"),
        )

    def __str__(self) -> str:
        return f"{self.batch} {self.number}"


class Change(models.Model):
    """An answer before and after a correction of the office; who made it when is in the `submission`
    that says `after`. What `is_consequence` followed by the form's own logic. Only `undone_by`, the
    version that put it back, comes later.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="changes")
    place = models.CharField(_("question"), max_length=500)
    before = SealedTextField(_("before"), blank=True)
    after = SealedTextField(_("after"), blank=True)
    is_consequence = models.BooleanField(_("followed"), default=False)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    batch = models.ForeignKey(CorrectionBatch, models.SET_NULL, null=True, related_name="changes")
    undone_by = models.ForeignKey(Submission, models.SET_NULL, null=True, related_name="undoes")

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.place}: {self.before} → {self.after}"
