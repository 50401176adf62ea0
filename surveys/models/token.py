"""Devices of enumerators: each has a token in its server address, and no password."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.survey import Role, Survey, supervises
from surveys.models.user import User


class DeviceTokenQuerySet(models.QuerySet["DeviceToken"]):
    def visible_to(self, user: User | AnonymousUser) -> "DeviceTokenQuerySet":
        """Coordinators see the devices of their surveys, supervisors those of their team."""
        if user.is_superuser:
            return self
        coordinated = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(
            Q(survey__in=coordinated) | supervises(user, survey="survey", person="user")
        )

    def valid(self) -> "DeviceTokenQuerySet":
        """Those that open the door: not switched off, and of people whose account is not either."""
        return self.filter(revoked_at=None, user__is_active=True)


class DeviceToken(models.Model):
    """One enumerator's device in one survey. The token itself is known to the device only."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="device_tokens", verbose_name=_("enumerator")
    )
    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="device_tokens", verbose_name=_("survey")
    )
    device = models.CharField(_("device"), max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("enrolled"), auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("switched off"), null=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = DeviceTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.user} · {self.device}" if self.device else str(self.user)
