"""Tokens of programs: each reads, or asks for files, in the name of a member of staff."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models.survey import Membership, Role, Survey, key_of
from surveys.models.user import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User | AnonymousUser) -> "ApiTokenQuerySet":
        """One's own, and for coordinators those that open their surveys: of members, and not bound
        to other surveys.
        """
        if user.is_superuser:
            return self
        coordinated = Survey.objects.with_role(user, Role.COORDINATOR)
        members = Membership.objects.filter(survey__in=coordinated)
        opens = models.Q(is_of_all=True) | models.Q(surveys__in=coordinated)
        theirs = opens & models.Q(person__in=members.values("user"))
        return self.filter(models.Q(person_id=key_of(user)) | theirs).distinct()

    def valid(self) -> "ApiTokenQuerySet":
        """Those that open the door: not switched off, not expired, of people who still may sign in."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), person__is_active=True)


class ApiToken(models.Model):
    """What a program may do for a person. The token itself is known to the program only.

    Rights are the person's of the moment in which the token is used, less what `scopes` and `surveys`
    leave out.
    """

    class Scope(models.TextChoices):
        READ_INTERVIEWS = "read:interviews", _("Read interviews")
        READ_FILES = "read:files", _("Read pictures, sounds and other files of interviews")
        READ_ESTIMATES = "read:estimates", _("Read indicators")
        WRITE_EXPORTS = "write:exports", _("Ask for exports and download them")

    person = models.ForeignKey(
        User, models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(_("what it is for"), max_length=100)
    scopes = models.JSONField(_("may"), default=list)
    surveys = models.ManyToManyField(
        Survey, related_name="+", blank=True, verbose_name=_("surveys")
    )
    is_of_all = models.BooleanField(_("all surveys, also later ones"), default=False)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("switched off"), null=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name
