"""What stays of a questionnaire's answers when its interviews are erased: a package of nobody."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaire import Questionnaire
from surveys.models.survey import Role, Survey
from surveys.models.user import User


class DepositQuerySet(models.QuerySet["Deposit"]):
    def visible_to(self, user: User | AnonymousUser) -> "DepositQuerySet":
        """Coordinators see those of their surveys."""
        coordinated = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(questionnaire__survey__in=coordinated.values("pk"))


class Deposit(models.Model):
    """A package without names, texts and files, under pseudonyms of which nobody has the key.

    `ends_on` is the last day up to which the interviews were kept. `report` says who stood out in what
    the file holds and under which terms, as `surveys.exports.standout` writes it.
    """

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="deposits", verbose_name=_("questionnaire")
    )
    ends_on = models.DateField(_("kept until"))
    audience = models.CharField(_("audience"), max_length=100)  # its name then
    file = models.FileField(_("file"), upload_to="deposits/%Y/%m/")
    sha256 = models.CharField("SHA-256", max_length=64)
    interviews = models.PositiveIntegerField(_("interviews"))
    report = models.JSONField()
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = DepositQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        ordering = ("-made_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("questionnaire", "ends_on"), name="deposit_once_a_questionnaire_and_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.questionnaire} · {self.ends_on}"
