"""Long work whose truth is a row, and nudges of which at most one waits."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.errors import SurveyError
from surveys.models.survey import Role, Survey
from surveys.models.user import User


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User | AnonymousUser) -> "JobQuerySet":
        """One's own jobs, and for coordinators those that nobody asked for on a page.

        A file that was made for somebody is nobody else's.
        """
        if user.is_superuser:
            return self
        own = models.Q(requested_by_id=user.pk, survey__in=Survey.objects.visible_to(user))
        coordinated = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(own | models.Q(requested_by=None, survey__in=coordinated))


class Job(models.Model):
    """A piece of long work: asked for, claimed by one worker, counted, finished or failed."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("kind"), max_length=50)
    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="jobs", verbose_name=_("survey")
    )
    params = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.QUEUED, db_index=True
    )
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("total"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)  # a sentence with `%(name)s` places
    error_params = models.JSONField(default=dict)  # what fills them
    result = models.FileField(_("file"), upload_to="jobs/%Y/%m/", blank=True)
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="jobs")
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def failure(self) -> SurveyError:
        """Why it was not done, to be put into words."""
        return SurveyError(self.error or self.state, **self.error_params)


class Nudge(models.Model):
    """A message on its way. The unique key keeps it single on every broker."""

    key = models.CharField(max_length=100, unique=True)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("nudge")
        verbose_name_plural = _("nudges")

    def __str__(self) -> str:
        return self.key
