"""What people and rules decided about interviews."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.interview import Interview, Submission
from surveys.models.rule import ReviewRule
from surveys.models.user import User


class Verdict(models.TextChoices):
    COUNT = "count", _("Counts")
    REPLACE = "replace", _("Put in place of the original")
    REJECT = "reject", _("Rejected")
    APPROVE = "approve", _("Approved")
    RETURN = "return", _("Returned to the enumerator")
    HOLD = "hold", _("Held")
    REOPEN = "reopen", _("Reopened")
    UNDO = "undo", _("Taken back")


class DecisionBatch(models.Model):
    """Decisions that were made together, and can be taken back together, once."""

    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("decisions made together")
        verbose_name_plural = _("decisions made together")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.get_verdict_display()


class Decision(models.Model):
    """A word on one version of an interview: somebody's, or that of a `rule`, which holds only.

    Never changed: another one follows it. `before` and `after` are the interview's states, blank in
    decisions that are older than their being noted.
    """

    Verdict = Verdict

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="decisions")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="decisions")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    before = models.CharField(max_length=20, choices=Interview.State, blank=True)
    after = models.CharField(max_length=20, choices=Interview.State, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    rule = models.ForeignKey(ReviewRule, models.SET_NULL, null=True, related_name="decisions")
    batch = models.ForeignKey(DecisionBatch, models.SET_NULL, null=True, related_name="decisions")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.get_verdict_display()
