"""The trail of the office: who saw, changed and took away what, sealed so that nobody can rewrite it."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models.user import User


class TrailSeal(models.Model):
    """A link of the chain: `digest` is of the digest before and of all entries that have this seal.

    Numbers go up by one, so that a seal that is gone is seen.
    """

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField(_("sealed"), default=timezone.now)
    count = models.IntegerField(_("entries"))
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.number}"


class TrailEntryQuerySet(models.QuerySet["TrailEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> "TrailEntryQuerySet":
        """Administrators watch everybody, and nobody else does."""
        return self if user.is_superuser else self.none()


class TrailEntry(models.Model):
    """One thing that a person did; never changed, but for the seal that it is given once.

    No foreign key to people: an entry outlives them, and what was sealed must not change with a row
    elsewhere. `what` is the name of the page, `key` which one of its kind. Answers and names of
    respondents are never in it.
    """

    class Action(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGNED_OUT = "signed_out", _("Signed out")
        SAW = "saw", _("Saw")
        CHANGED = "changed", _("Changed")
        TOOK = "took", _("Took away")

    at = models.DateTimeField(_("when"), default=timezone.now)
    person_key = models.BigIntegerField(null=True)
    person = models.CharField(_("who"), max_length=150)
    address = models.CharField(_("from"), max_length=45, blank=True)
    action = models.CharField(_("did"), max_length=10, choices=Action)
    what = models.CharField(_("page"), max_length=100)
    key = models.CharField(_("which"), max_length=300, blank=True)
    query = models.CharField(_("choice"), max_length=1000, blank=True)
    status = models.SmallIntegerField(_("HTTP status"))
    request_id = models.CharField(max_length=40, blank=True)
    seal = models.ForeignKey(
        TrailSeal, models.PROTECT, null=True, related_name="entries", verbose_name=_("seal")
    )

    objects = TrailEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the trail")
        verbose_name_plural = _("trail")
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("key", "-id"), name="trail_by_key"),  # who saw this interview
            models.Index(fields=("person", "-id"), name="trail_by_person"),
            models.Index(
                fields=("id",), condition=models.Q(seal=None), name="trail_not_sealed"
            ),  # what `trail.seal` looks for
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.what} {self.key}".strip()
