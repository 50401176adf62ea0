"""Attempts at people who were selected."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Case
from surveys.models.outcome import CHOICES
from surveys.models.user import User


class Attempt(models.Model):
    """A try to interview somebody that brought no interview: those are their own records.

    `key` is made where the attempt is written down: sent twice, it is kept once. `at` is when it
    was, as whoever made it says; `received_at` by our clock.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="attempts")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    enumerator = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="attempts", verbose_name=_("enumerator")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=CHOICES)
    at = models.DateTimeField(_("when it was"))
    again_at = models.DateTimeField(_("come back at"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.case} {self.get_outcome_display()}"
