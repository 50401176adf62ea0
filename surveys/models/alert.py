"""What needs a person: concerns about the running of the house, from when until when."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models.user import User


class AlertQuerySet(models.QuerySet["Alert"]):
    def standing(self) -> "AlertQuerySet":
        return self.filter(ended_at=None)

    def visible_to(self, user: User | AnonymousUser) -> "AlertQuerySet":
        """Administrators run the house."""
        return self if user.is_superuser else self.none()


class Alert(models.Model):
    """A concern that was seen, once as long as it lasts; the sentence is the latest one."""

    kind = models.CharField(max_length=50)
    message = models.CharField(max_length=500)
    params = models.JSONField(default=dict)
    began_at = models.DateTimeField(_("since"), default=timezone.now)
    told_at = models.DateTimeField(_("e-mail sent"), null=True)
    ended_at = models.DateTimeField(_("until"), null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-began_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("kind",), condition=models.Q(ended_at=None), name="alert_stands_once"
            ),
        )

    def __str__(self) -> str:
        return self.kind


class Pulse(models.Model):
    """When something that beats was last alive."""

    name = models.CharField(max_length=50, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")

    def __str__(self) -> str:
        return self.name
