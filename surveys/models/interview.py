"""What comes in: interviews, their immutable submissions, attachments and findings."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.keys import store
from surveys.keys.fields import AnswersField, SealedField, SealedFileField
from surveys.keys.store import InterviewKey
from surveys.models.fieldwork import Case, Site
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.survey import Role, Survey, Wave, key_of, led_by, supervises
from surveys.models.user import User


class InterviewQuerySet(models.QuerySet["Interview"]):
    def visible_to(self, user: User | AnonymousUser) -> "InterviewQuerySet":
        """Staff see their surveys, supervisors their team, enumerators their own work."""
        if user.is_superuser:
            return self
        whole = Survey.objects.with_role(user, Role.COORDINATOR, Role.ANALYST)
        return self.filter(
            models.Q(questionnaire__survey__in=whole)
            | supervises(user, survey="questionnaire__survey", person="enumerator")
            | models.Q(enumerator_id=key_of(user))
        )

    def seen_in(self, survey: Survey, user: User) -> "InterviewQuerySet":
        """Those of one survey that a person sees: as `visible_to`, but said so that an index can answer.
        Takes a query.
        """
        rows = self.filter(questionnaire__in=survey.questionnaires.order_by().values("pk"))
        whole = Survey.objects.with_role(user, Role.COORDINATOR, Role.ANALYST)
        if whole.filter(pk=survey.pk).exists():
            return rows
        led = led_by(user, survey.pk).values("user")
        return rows.filter(models.Q(enumerator__in=led) | models.Q(enumerator=user.pk))

    def counted(self) -> "InterviewQuerySet":
        """Those that enter indicators: answered, not practice, and in a state that counts."""
        return self.standing().filter(
            is_practice=False,
            outcome__in=(Interview.Outcome.COMPLETED, Interview.Outcome.PARTIAL),
        )

    def standing(self) -> "InterviewQuerySet":
        """Those in a state that counts by the rule of their survey, whatever they say. Second visits
        never do: they ask how good interviews are.

        Each stricter rule is looked up once; no row is joined with its survey.
        """
        again = Questionnaire.objects.filter(kind=Questionnaire.Kind.BACK_CHECK)
        found = self.exclude(state__in=NEVER_COUNTED).exclude(questionnaire__in=again.values("pk"))
        for rule, states in LEFT_OUT.items():
            of_rule = Questionnaire.objects.filter(survey__counts=rule)
            found = found.exclude(state__in=states, questionnaire__in=of_rule.values("pk"))
        return found


class Interview(models.Model):
    """One conversation with one case, however often its answers are corrected."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        QUARANTINED = "quarantined", _("Quarantined")
        FLAGGED = "flagged", _("Held")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    class Outcome(models.TextChoices):
        COMPLETED = "completed", _("Completed")
        PARTIAL = "partial", _("Partial")
        REFUSED = "refused", _("Refused")

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="interviews")
    root_uuid = models.CharField(max_length=249)
    wave = models.ForeignKey(Wave, models.PROTECT, null=True, related_name="interviews")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, related_name="interviews", verbose_name=_("site")
    )
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="interviews")
    enumerator = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="interviews", verbose_name=_("enumerator")
    )
    current = models.OneToOneField(
        "Submission", models.PROTECT, null=True, related_name="current_of"
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.SUBMITTED, db_index=True
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    is_practice = models.BooleanField(_("practice"), default=False)
    answers = AnswersField(_("answers"), default=dict)
    skipped = models.JSONField(_("questions that did not apply"), default=list)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    received_at = models.DateTimeField(_("received"))
    changed_at = models.DateTimeField(auto_now=True, db_index=True)  # answers, state or outcome

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ("-received_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("questionnaire", "root_uuid"), name="interview_once_a_questionnaire"
            ),
        )
        indexes = (
            models.Index(fields=("-received_at", "-id"), name="interview_by_arrival"),
            models.Index(  # for those of some days by person, so that no row is read
                fields=("received_at", "enumerator", "questionnaire"), name="interview_by_day"
            ),
            models.Index(  # for what somebody did before
                fields=("enumerator", "started_at"), name="interview_by_person"
            ),
            models.Index(  # for the search by the first signs of an id
                fields=("root_uuid",), name="interview_by_uuid", opclasses=["varchar_pattern_ops"]
            ),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.short_id}"

    @property
    def short_id(self) -> str:
        """The beginning of its id, as people read it to each other."""
        return self.root_uuid.removeprefix("uuid:")[:8]

    @property
    def met_code(self) -> str:
        """The code of the case that is made up for it where it says none: of somebody met unlisted."""
        return self.root_uuid[:100]


NEVER_COUNTED = (Interview.State.REJECTED, Interview.State.QUARANTINED)
_LOOKED_INTO = (Interview.State.FLAGGED, Interview.State.RETURNED)
LEFT_OUT: Mapping[str, Collection[str]] = MappingProxyType(  # besides, by stricter rules of surveys
    {
        Survey.Counts.NOT_HELD: _LOOKED_INTO,
        Survey.Counts.APPROVED: (*_LOOKED_INTO, Interview.State.SUBMITTED),
    }
)


class Submission(models.Model):
    """One version of an interview's answers as sent. `xml` is evidence: never changed.

    `key` is the id of the key that seals it, its files, and of the interview's answers those that name
    somebody. Versions of an interview share one, but for a correction that was put in its place later, and for
    what came when theirs was gone. None where they are in clear, as by earlier releases.

    What came encrypted has the same id as what was inside, which is a version of its own.
    """

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="submissions")
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="submissions")
    version = models.ForeignKey(
        QuestionnaireVersion, models.PROTECT, null=True, related_name="submissions"
    )
    claimed_version = models.CharField(max_length=249, blank=True)
    instance_id = models.CharField(max_length=249)
    deprecated_id = models.CharField(max_length=249, blank=True)
    is_encrypted = models.BooleanField(default=False)
    is_office = models.BooleanField(default=False)  # a correction that the office wrote
    xml = SealedField()
    key = models.UUIDField(null=True)
    xml_sha256 = models.CharField(max_length=64)
    sender = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    device = models.CharField(max_length=200, blank=True)
    clock_off_s = models.BigIntegerField(null=True)  # the device's, ahead of ours as it was sent
    zone = models.CharField(max_length=64, blank=True)  # of the device then, such as Asia/Shanghai
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = (
            models.UniqueConstraint(
                fields=("questionnaire", "instance_id", "is_encrypted"),
                name="submission_stored_once",
            ),
        )
        indexes = (  # for corrections.versions_of, which every interview asks
            models.Index(
                fields=("questionnaire", "deprecated_id"), name="submission_by_what_it_corrects"
            ),
            models.Index(fields=("key",), name="submission_by_key"),  # for keys that open nothing
        )

    def __str__(self) -> str:
        return self.instance_id


def _key_of(attachment: "Attachment") -> InterviewKey | None:
    key = attachment.submission.key
    return store.key_of(key) if key else None


class Attachment(models.Model):
    """A file that a submission names; `file` is empty until it arrives."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    file = SealedFileField(upload_to="attachments/%Y/%m/", blank=True, key_for=_key_of)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "name"), name="attachment_name_once_a_submission"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """Something that a check has to say about a submission; a person decides what it means."""

    class Kind(models.TextChoices):
        REQUIRED = "required", _("Left blank although required")
        CONSTRAINT = "constraint", _("Outside what the form allows")
        TYPE = "type", _("Not of the question's type")
        CHOICE = "choice", _("Not one of the choices")
        IRRELEVANT = "irrelevant", _("Answered although it does not apply")
        CALCULATION = "calculation", _("Differs from the server's calculation")
        UNKNOWN_VERSION = "unknown_version", _("Form version not known here")
        EDIT = "edit", _("Replaces an earlier interview, which nobody has decided on")
        CLOSED = "closed", _("Form closed when it arrived")
        UNKNOWN_SITE = "unknown_site", _("Site not known here")
        UNASSIGNED_SITE = "unassigned_site", _("Site not assigned to the sender")
        ENCRYPTED = "encrypted", _("Encrypted: does not count until it is decrypted")

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="findings")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    path = models.CharField(_("question"), max_length=500, blank=True)
    value = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "kind", "path"), name="finding_once_a_question"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.path}" if self.path else self.get_kind_display()
