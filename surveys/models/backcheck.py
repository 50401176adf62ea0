"""Second visits: which questions are asked again, which interviews were drawn, what was found."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.draft import Draft
from surveys.models.interview import Interview, Submission
from surveys.models.questionnaire import Questionnaire
from surveys.models.survey import Role, Survey, Wave, supervises
from surveys.models.user import User


class BackCheckQuerySet(models.QuerySet["BackCheck"]):
    def visible_to(self, user: User | AnonymousUser) -> "BackCheckQuerySet":
        """Of surveys that the person coordinates, or where the person leads a team."""
        mine = Survey.objects.with_role(user, Role.COORDINATOR, Role.SUPERVISOR)
        return self.filter(questionnaire__survey__in=mine.values("pk"))


class BackCheck(models.Model):
    """Some questions of a questionnaire, asked again at a share of each enumerator's interviews.

    `short` asks them. `questions` say by place how answers are compared, as `surveys.backchecks`
    writes them; `lost` are rules that `short` cannot have. All but `is_on` and the people stays as
    it was set up, so that everybody was drawn and compared in the same way.
    """

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="backchecks", verbose_name=_("questionnaire")
    )
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="backchecks")
    short = models.OneToOneField(Questionnaire, models.CASCADE, related_name="asks_again")
    questions = models.JSONField(default=list)
    lost = models.JSONField(default=list)
    share = models.FloatField(
        _("share of each enumerator’s interviews"),
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
    )
    least = models.PositiveSmallIntegerField(_("at least, of each enumerator"), default=0)
    seed = models.BigIntegerField(_("seed"))
    checkers = models.ManyToManyField(User, related_name="+", verbose_name=_("back-checkers"))
    is_on = models.BooleanField(_("drawing goes on"), default=True)
    made_at = models.DateTimeField(_("set up"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = BackCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("back-check")
        verbose_name_plural = _("back-checks")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(share__gt=0, share__lte=1), name="backcheck_share_is_a_share"
            ),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Lot(models.Model):
    """An interview that a round of the draw has looked at, once, whether it was drawn or not."""

    backcheck = models.ForeignKey(BackCheck, models.CASCADE, related_name="lots")
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="+")
    enumerator = models.ForeignKey(User, models.CASCADE, related_name="+")
    round = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = (
            models.UniqueConstraint(
                fields=("backcheck", "interview"), name="lot_once_an_interview"
            ),
        )

    def __str__(self) -> str:
        return f"{self.backcheck_id} {self.interview_id}"


class SecondVisitQuerySet(models.QuerySet["SecondVisit"]):
    def visible_to(self, user: User | AnonymousUser) -> "SecondVisitQuerySet":
        """Coordinators see those of their surveys, supervisors those of their team's interviews."""
        whole = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(
            models.Q(backcheck__questionnaire__survey__in=whole.values("pk"))
            | supervises(
                user, survey="backcheck__questionnaire__survey", person="interview__enumerator"
            )
        )

    def done(self) -> "SecondVisitQuerySet":
        """Those that came, and were neither rejected nor quarantined."""
        waits = (Interview.State.REJECTED, Interview.State.QUARANTINED)
        return self.filter(visit__isnull=False).exclude(visit__state__in=waits)


class SecondVisit(models.Model):
    """An interview that was drawn: who visits again, and what was answered then.

    The first answers are those of `first`, as they stood at the draw: later corrections hide no
    mistake. `compared` has by place the first answer, the second, and the outcome; `fixed` is how
    many differ of those that cannot change, of which `is_denied` is that somebody came at all.
    """

    class Outcome(models.TextChoices):
        MET = "met", _("Asked again")
        NOT_FOUND = "not_found", _("Not found")
        MOVED = "moved", _("Moved away")
        REFUSED = "refused", _("Refused")

    backcheck = models.ForeignKey(BackCheck, models.CASCADE, related_name="visits")
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="second_visits")
    first = models.ForeignKey(Submission, models.CASCADE, related_name="+")
    checker = models.ForeignKey(User, models.SET_NULL, null=True, related_name="second_visits")
    round = models.PositiveIntegerField()
    drawn_at = models.DateTimeField(auto_now_add=True)
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="+")
    visit = models.OneToOneField(
        Interview, models.SET_NULL, null=True, related_name="second_visit_to"
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    compared = models.JSONField(default=dict)
    differences = models.PositiveSmallIntegerField(default=0)
    fixed = models.PositiveSmallIntegerField(default=0)
    is_denied = models.BooleanField(default=False)

    objects = SecondVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("second visit")
        verbose_name_plural = _("second visits")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("backcheck", "interview"), name="second_visit_once_an_interview"
            ),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def case_code(self) -> str:
        """By which the person is known; blank where nobody had listed them before."""
        case = self.interview.case
        return case.code if case and case.code != self.interview.met_code else ""

    @property
    def day(self) -> datetime:
        """When the first interview was."""
        return self.interview.started_at or self.interview.received_at
