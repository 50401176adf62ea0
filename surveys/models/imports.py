"""Existing data that comes in by file: the file's columns, what they mean here, each row's fate."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.interview import Interview, Submission
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.survey import Role, Survey
from surveys.models.user import User


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> "ImportBatchQuerySet":
        """Coordinators see the imports of their surveys."""
        return self.filter(survey__in=Survey.objects.with_role(user, Role.COORDINATOR))


class ImportBatch(models.Model):
    """A file of interviews that was looked at, imported and can be undone as a whole.

    `tables` are its tables with their columns, `mapping` what these mean here. The file goes once
    its rows are read; what good rows say, once they are interviews.
    """

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="import_batches", verbose_name=_("survey")
    )
    version = models.ForeignKey(
        QuestionnaireVersion,
        models.CASCADE,
        related_name="import_batches",
        verbose_name=_("questionnaire"),
    )
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    read_as = models.CharField(max_length=100, blank=True)  # such as `CSV, UTF-8`
    tables = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title


class ImportRow(models.Model):
    """One row of a file: its number as a spreadsheet shows it, its cells in the order of the first
    table's columns, and rows of further tables that belong to it.

    `key` is the id by which these name it. `linked` are lists of a table's number, the place of the
    instance and its cells. `faults` are lists of a column, a sentence with `%(name)s` places and what
    fills them. `digest` says what its answers are; rows with the same have the same answers.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Not checked")
        READY = "ready", _("Ready")
        FAULTY = "faulty", _("With a fault")
        KNOWN = "known", _("Here already")
        IMPORTED = "imported", _("Imported")
        UNDONE = "undone", _("Undone")
        LEFT = "left", _("Left as it is")  # by undoing: something has happened to it since

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=249, blank=True)
    cells = models.JSONField(default=list)
    linked = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    faults = models.JSONField(default=list)
    digest = models.CharField(max_length=40, blank=True)
    instance_id = models.CharField(max_length=249, blank=True)
    interview = models.ForeignKey(Interview, models.CASCADE, null=True, related_name="+")
    became = models.ForeignKey(Submission, models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ("batch", "number")
        constraints = (
            models.UniqueConstraint(fields=("batch", "number"), name="import_row_once_a_batch"),
        )
        indexes = (
            models.Index(fields=("batch", "state", "number"), name="import_rows_by_state"),
            models.Index(fields=("batch", "key"), name="import_rows_by_key"),
            models.Index(fields=("batch", "digest"), name="import_rows_by_digest"),
            models.Index(fields=("instance_id",), name="import_rows_by_instance"),
        )

    def __str__(self) -> str:
        return f"{self.batch} {self.number}"
