"""What is left of interviews that were erased: ids and checksums, no answer."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import Assignment, Site
from surveys.models.questionnaire import Questionnaire
from surveys.models.survey import Role, Survey, Wave, supervises
from surveys.models.user import User


class TombstoneQuerySet(models.QuerySet["Tombstone"]):
    def visible_to(self, user: User | AnonymousUser) -> "TombstoneQuerySet":
        """Coordinators see those of their surveys."""
        coordinated = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(questionnaire__survey__in=coordinated.values("pk"))

    def told_to(self, user: User) -> "TombstoneQuerySet":
        """Those of interviews that staff saw, so as to erase copies: supervisors saw those at the sites
        of their teams.
        """
        if user.is_superuser:
            return self
        whole = Survey.objects.with_role(user, Role.COORDINATOR, Role.ANALYST)
        led = Assignment.objects.filter(
            supervises(user, survey="site__survey", person="enumerator")
        )
        return self.filter(
            models.Q(questionnaire__survey__in=whole.values("pk"))
            | models.Q(site__in=led.values("site"))
        )


class Tombstone(models.Model):
    """One erasure of an interview, with all that belonged to it: its edits and its second visits.

    `interview_keys` are the keys that they had. `counts` says how much was erased, by kind. `files`
    are names in storage that wait to be deleted, none once it is `cleared_at`; by then the `keys` of its
    interviews, of which the ids stay, are destroyed, and `exports` are
    the jobs whose files had it, made before, as `surveys.erasure` writes them. `verified_at` is when
    nothing of it was found the last time that somebody looked everywhere.
    """

    class Reason(models.TextChoices):
        """A choice and no text of one's own: that would be one more place for names."""

        WITHDRAWN = "withdrawn", _("Consent was withdrawn")
        NOT_GIVEN = "not_given", _("Consent was never given")
        TOO_YOUNG = "too_young", _("The person was too young to consent")
        ORDERED = "ordered", _("An ethics committee or an authority asked for it")
        MISTAKE = "mistake", _("It should never have been recorded")
        EXPIRED = "expired", _("The time for which it may be kept is over")

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="tombstones", verbose_name=_("questionnaire")
    )
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, related_name="+")
    site = models.ForeignKey(
        Site, models.SET_NULL, null=True, related_name="+", verbose_name=_("site")
    )
    root_uuid = models.CharField(_("interview"), max_length=249)
    interview_keys = models.JSONField(default=list)
    received_at = models.DateTimeField(_("received"))
    erased_at = models.DateTimeField(_("erased"), default=timezone.now, db_index=True)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("erased by")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    with_contacts = models.BooleanField(_("contacts too"), default=False)
    counts = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    keys = models.JSONField(default=list, null=True)
    exports = models.JSONField(default=list)
    cleared_at = models.DateTimeField(null=True, db_index=True)
    verified_at = models.DateTimeField(_("nothing was found"), null=True)

    objects = TombstoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("erased interview")
        verbose_name_plural = _("erased interviews")
        ordering = ("-erased_at", "-pk")

    def __str__(self) -> str:
        return self.root_uuid.removeprefix("uuid:")[:8]


class ErasedVersion(models.Model):
    """A version that was erased, or that came after its interview was: no device is asked to keep it.

    `files` has the SHA-256 of each file by that of its name, which a person may have chosen.
    """

    tombstone = models.ForeignKey(Tombstone, models.CASCADE, related_name="versions")
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="+")
    instance_id = models.CharField(max_length=249)
    xml_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    files = models.JSONField(default=dict)
    came_again_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (  # also for `tombstones.hold`, which interviews ask
            models.UniqueConstraint(
                fields=("questionnaire", "instance_id", "xml_sha256"), name="version_erased_once"
            ),
        )

    def __str__(self) -> str:
        return self.instance_id
