"""Questionnaires and their published, never edited versions."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.survey import Survey
from surveys.models.user import User


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def visible_to(self, user: User | AnonymousUser) -> "QuestionnaireQuerySet":
        return self.filter(survey__in=Survey.objects.visible_to(user))

    def open(self) -> "QuestionnaireQuerySet":
        return self.filter(state=Questionnaire.State.OPEN)

    def main(self) -> "QuestionnaireQuerySet":
        """Without those that ask some questions again."""
        return self.exclude(kind=Questionnaire.Kind.BACK_CHECK)


class Questionnaire(models.Model):
    """A form of a survey, known to devices by its `form_id`."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Kind(models.TextChoices):
        """What its interviews are for: those of a back-check say how good others are, and count as
        interviews nowhere.
        """

        MAIN = "main", _("Interviews")
        BACK_CHECK = "back_check", _("Second visits")

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="questionnaires", verbose_name=_("survey")
    )
    form_id = models.CharField(_("form id"), max_length=249)
    title = models.CharField(_("title"), max_length=250)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MAIN)
    current = models.ForeignKey(
        "QuestionnaireVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Keys of answers that name somebody, as the newest versions say, and those by which all that is
    # stored was sealed. Blank in rows of an earlier release: `resealing` looks at those.
    identifiers = models.JSONField(null=True, editable=False)
    sealed_as = models.JSONField(null=True, editable=False)
    has_erased = models.BooleanField(default=False, editable=False)  # interviews, ever

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ("survey", "form_id")
        constraints = (
            models.UniqueConstraint(fields=("survey", "form_id"), name="form_id_once_a_survey"),
        )

    def __str__(self) -> str:
        return self.title


class VersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def light(self) -> "VersionQuerySet":
        """Without the workbook, the XForm and the definition, which are megabytes."""
        return self.defer("workbook", "xml", "definition")


class QuestionnaireVersion(models.Model):
    """One published version. `xml` is what devices get, byte for byte; nothing here changes."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="versions")
    version = models.CharField(_("version"), max_length=249)
    workbook = models.BinaryField(_("workbook"), null=True)
    xml = models.BinaryField(_("XForm"))
    xml_md5 = models.CharField(max_length=32)
    definition = models.JSONField(_("definition"))
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire version")
        verbose_name_plural = _("questionnaire versions")
        ordering = ("questionnaire", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("questionnaire", "version"), name="version_once_a_questionnaire"
            ),
        )

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.version}"


def address_of(file: "FormFile", _name: str) -> str:
    """Where a file is stored: by its content, so that versions share what they have in common."""
    return f"forms/{file.sha256[:2]}/{file.sha256}"


class FormFile(models.Model):
    """A list, picture, sound or video that a version shows or looks things up in."""

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=255)
    file = models.FileField(upload_to=address_of)
    sha256 = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32)  # the hash that OpenRosa asks for
    size = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("file of a form")
        verbose_name_plural = _("files of forms")
        ordering = ("version", "name")
        constraints = (
            models.UniqueConstraint(fields=("version", "name"), name="form_file_once_a_version"),
        )

    def __str__(self) -> str:
        return self.name
