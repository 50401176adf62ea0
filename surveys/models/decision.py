"""What people decided about interviews that waited for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.interview import Interview, Submission
from surveys.models.user import User


class Decision(models.Model):
    """Somebody's word on one version of an interview. Never changed: another one follows it."""

    class Verdict(models.TextChoices):
        COUNT = "count", _("Counts")
        REPLACE = "replace", _("Put in place of the original")
        REJECT = "reject", _("Rejected")

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="decisions")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="decisions")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.get_verdict_display()
