"""Interviews that are not finished: what holds answers is sealed, and only their enumerator opens it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Case, Site
from surveys.models.interview import Submission
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.user import User


class DraftKey(models.Model):
    """An account's key to its drafts, wrapped by the password as it was then.

    Where somebody else sets the password, the account gets another key: the newest is in use.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="draft_keys")
    salt = models.BinaryField()
    cost = models.PositiveIntegerField()  # of scrypt, as `sealing` has it
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("key to drafts")
        verbose_name_plural = _("keys to drafts")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.user} {self.pk}"


class Draft(models.Model):
    """An unfinished interview: instance XML, a revision that grows, and the device it came from.

    `key` is blank where the XML is in clear: it is from before there were keys.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enumerator = models.ForeignKey(User, models.PROTECT, related_name="drafts")
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="drafts")
    site = models.ForeignKey(Site, models.PROTECT, related_name="drafts")
    case = models.ForeignKey(  # whom it was begun with, where the person was selected beforehand
        Case, models.SET_NULL, null=True, related_name="drafts"
    )
    key = models.ForeignKey(DraftKey, models.PROTECT, null=True, related_name="drafts")
    corrects = models.ForeignKey(  # the version of an interview that was returned
        Submission, models.SET_NULL, null=True, related_name="corrections_begun"
    )
    sealed = models.BinaryField()
    revision = models.PositiveIntegerField(default=1)
    device = models.CharField(max_length=200, blank=True)
    is_practice = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ("-updated_at",)

    def __str__(self) -> str:
        return str(self.id)


class DraftFile(models.Model):
    """A file of an unfinished interview. `facts` are its name and checksum, sealed as its bytes are;
    `mark` stands for the name, by which an answer calls it. In a draft in clear it is the name.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    mark = models.CharField(max_length=255)
    facts = models.BinaryField(default=b"")
    file = models.FileField(upload_to="drafts/%Y/%m/")
    size = models.PositiveBigIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file of a draft")
        verbose_name_plural = _("files of drafts")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("draft", "mark"), name="file_name_once_a_draft"),
        )

    def __str__(self) -> str:
        return self.mark


class DraftLogPart(models.Model):
    """Rows of an unfinished interview's log, as one page sent them; pages count their parts.

    `last` is the latest moment in the rows, in milliseconds since 1970 by the device's clock.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="log_parts")
    page = models.UUIDField()
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
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
