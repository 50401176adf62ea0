"""Parts of a site's target that are kept for people who may be offline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Site
from surveys.models.survey import Wave
from surveys.models.user import User


class Reservation(models.Model):
    """Interviews of a site's target that are one person's to do until it expires; what the person did
    since it was granted is off it.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="reservations")
    enumerator = models.ForeignKey(User, models.CASCADE, related_name="+")
    reserved = models.PositiveIntegerField(_("reserved"))
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = (
            models.UniqueConstraint(
                fields=("wave", "site", "enumerator"), name="reservation_once_a_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.enumerator} @ {self.site}: {self.reserved}"
