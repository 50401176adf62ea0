"""Interviews counted by where, by whom and on which day, so that pages of progress only read."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Site
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.survey import Role, Survey, Wave
from surveys.models.user import User

COUNTS = ("done", "partial", "refused", "practice", "aside")
SUMS = (*COUNTS, "last_at", "days")  # what is kept of a person or a site


class Tally(models.Model):
    """How many interviews, of those that indicators are made of.

    `done` count towards the target, `partial` of these were broken off; the others do not count:
    `refused`, `practice`, and `aside`, which are rejected, in quarantine or otherwise not standing by
    the rule of the survey.
    """

    done = models.PositiveIntegerField(_("done"), default=0)
    partial = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    practice = models.PositiveIntegerField(default=0)
    aside = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)  # of those done, when the last one came

    class Meta:
        abstract = True


class DayCountQuerySet(models.QuerySet["DayCount"]):
    def sums_by(self, column: str) -> dict[int | None, dict[str, Any]]:
        """The `SUMS` of each person's or site's days."""
        sums = [models.Sum(name) for name in COUNTS]
        done = models.Count("day", distinct=True, filter=models.Q(done__gt=0))
        rows = self.order_by().values_list(column)
        return {
            key: dict(zip(SUMS, row, strict=True))
            for key, *row in rows.annotate(*sums, models.Max("last_at"), on=done)
        }


class DayCount(Tally):
    """A day's interviews of one person at one site, by the day on which they came."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, null=True, related_name="day_counts")
    enumerator = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    day = models.DateField()

    objects = DayCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("interviews of a day")
        verbose_name_plural = _("interviews of a day")
        indexes = (  # for pages of one person or team, and of one site
            models.Index(fields=("wave", "enumerator", "day"), name="day_count_by_person"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.done}"


class DayTotal(models.Model):
    """Everybody's interviews of a day that count."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    day = models.DateField()
    done = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("interviews of a day")
        verbose_name_plural = _("interviews of a day")
        constraints = (
            models.UniqueConstraint(fields=("wave", "day"), name="day_total_once_a_wave"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.done}"


class PersonProgress(Tally):
    """A person's interviews in a wave, nobody's together. `days` are those on which one was done."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    enumerator = models.ForeignKey(User, models.SET_NULL, null=True, related_name="progress")
    days = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = (
            models.UniqueConstraint(
                fields=("wave", "enumerator"), name="person_progress_once_a_wave"
            ),
        )

    def __str__(self) -> str:
        return f"{self.enumerator}: {self.done}"


class VersionCount(models.Model):
    """How many interviews a questionnaire has in one of its versions, whatever became of them; without a
    version, those that nobody can read.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="+")
    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, null=True, related_name="+")
    interviews = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("interviews of a version")
        verbose_name_plural = _("interviews of a version")
        constraints = (
            models.UniqueConstraint(
                fields=("questionnaire", "version"), name="version_counted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version or self.questionnaire}: {self.interviews}"


class SiteProgressQuerySet(models.QuerySet["SiteProgress"]):
    def visible_to(self, user: User | AnonymousUser) -> "SiteProgressQuerySet":
        """Of surveys that the person coordinates, or where the person leads a team."""
        mine = Survey.objects.with_role(user, Role.COORDINATOR, Role.SUPERVISOR)
        return self.filter(wave__survey__in=mine.values("pk"))


class SiteProgress(Tally):
    """A site's interviews in a wave. `days` are those on which at least one was done.

    `interviews` were there and had last changed at `changed_at` when they were counted by `rule`:
    where one of these is another now, the site is counted again.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, null=True, related_name="progress")
    days = models.PositiveIntegerField(default=0)
    interviews = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=32)

    objects = SiteProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = (
            models.UniqueConstraint(fields=("wave", "site"), name="site_progress_once_a_wave"),
        )

    def __str__(self) -> str:
        return f"{self.site}: {self.done}"
