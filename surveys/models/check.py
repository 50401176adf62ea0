"""What the checks of quality found: doubts, what was said about them, and what is left of each run."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Site
from surveys.models.interview import Interview
from surveys.models.questionnaire import Questionnaire
from surveys.models.survey import Role, Survey, Wave, supervises
from surveys.models.user import User


class QualityRules(models.Model):
    """From where on a survey doubts something: `limits` are those of `quality.Thresholds` that are
    not the usual ones, by name.
    """

    survey = models.OneToOneField(Survey, models.CASCADE, related_name="quality_rules")
    limits = models.JSONField(default=dict)
    sends_digest = models.BooleanField(_("daily summary by e-mail"), default=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("limits of quality")
        verbose_name_plural = _("limits of quality")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.survey}"


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, user: User | AnonymousUser) -> "InspectionQuerySet":
        """Of surveys that the person coordinates, or where the person leads a team."""
        mine = Survey.objects.with_role(user, Role.COORDINATOR, Role.SUPERVISOR)
        return self.filter(questionnaire__survey__in=mine.values("pk"))


class Inspection(models.Model):
    """One questionnaire's interviews of a wave as they were last checked.

    Changes up to `seen_until` are in it; None asks for a run. `left_out` are older interviews beyond
    those that are compared at once. `results` are what pages show beside the doubts, made anew by
    every run: profiles, suspicions, effects and usual times, as `surveys.checks` writes them.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="inspections")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="inspections")
    claimed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    seen_until = models.DateTimeField(null=True)
    interviews = models.PositiveIntegerField(_("interviews"), default=0)
    left_out = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=dict)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("quality")
        ordering = ("questionnaire", "-wave")
        constraints = (
            models.UniqueConstraint(
                fields=("questionnaire", "wave"), name="inspection_once_a_wave"
            ),
        )

    def __str__(self) -> str:
        return f"{self.questionnaire} · {self.wave}"


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def visible_to(self, user: User | AnonymousUser) -> "DoubtQuerySet":
        """Coordinators see those of their surveys, supervisors those about their team alone."""
        if user.is_superuser:
            return self
        whole = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(
            models.Q(inspection__questionnaire__survey__in=whole.values("pk"))
            | supervises(user, survey="inspection__questionnaire__survey", person="enumerator")
        )

    def standing(self) -> "DoubtQuerySet":
        return self.filter(state=Doubt.State.OPEN)


class Doubt(models.Model):
    """What a check found about one thing; it keeps its `key` from run to run.

    `name`, `question` and `detail` are those of `quality.Finding`, `numbers` its value, expected,
    threshold and p, as far as it has them. `size` interviews are behind it, of which `interviews` are
    the first. `interview`, `enumerator` and `site` say whom and what alone it is about, where it is
    about one.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Standing")
        DISMISSED = "dismissed", _("Dismissed")
        GONE = "gone", _("Not found any more")

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="doubts")
    key = models.CharField(max_length=32)
    check_name = models.CharField(_("check"), max_length=30)
    severity = models.PositiveSmallIntegerField(_("severity"))
    about = models.CharField(max_length=20)
    name = models.CharField(max_length=500)
    question = models.CharField(max_length=500, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    numbers = models.JSONField(default=dict)
    size = models.PositiveIntegerField()
    interviews = models.ManyToManyField(Interview, related_name="doubts")
    interview = models.ForeignKey(Interview, models.CASCADE, null=True, related_name="+")
    enumerator = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    site = models.ForeignKey(Site, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    first_seen = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))

    objects = DoubtQuerySet.as_manager()

    class Meta:
        verbose_name = _("doubt")
        verbose_name_plural = _("doubts")
        ordering = ("-severity", "-size", "pk")
        constraints = (
            models.UniqueConstraint(fields=("inspection", "key"), name="doubt_once_an_inspection"),
        )
        indexes = (  # for the page, which counts and lists by check
            models.Index(fields=("inspection", "state", "check_name"), name="doubt_by_check"),
        )

    def __str__(self) -> str:
        return f"{self.check_name}: {self.name}"


class Dismissal(models.Model):
    """Why somebody laid a doubt aside, on the evidence that there was: never changed but for its end.

    It holds until the evidence has grown, or somebody takes it back.
    """

    doubt = models.ForeignKey(Doubt, models.CASCADE, related_name="dismissals")
    reason = models.TextField(_("reason"), max_length=1000)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    severity = models.PositiveSmallIntegerField()
    numbers = models.JSONField(default=dict)
    size = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dismissal")
        verbose_name_plural = _("dismissals")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("doubt",),
                condition=models.Q(ended_at=None),
                name="one_standing_dismissal_a_doubt",
            ),
        )

    def __str__(self) -> str:
        return self.reason[:60]


class Digest(models.Model):
    """A survey's daily summary of doubts: the row is there before it is sent, so that it is once."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="digests")
    day = models.DateField()
    sent_to = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("daily summary")
        verbose_name_plural = _("daily summaries")
        ordering = ("-day",)
        constraints = (models.UniqueConstraint(fields=("survey", "day"), name="digest_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.survey} {self.day}"
