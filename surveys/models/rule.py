"""Rules by which interviews are held for review as they arrive."""

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.survey import Survey
from surveys.models.user import User


def new_seed() -> str:
    return secrets.token_hex(16)


class ReviewRule(models.Model):
    """Which interviews of a survey a person looks at before they are done with.

    `share` is a percentage, `kinds` are kinds of findings; each belongs to one kind of rule. The
    `seed` decides who is drawn: it is kept, so that the draw can be repeated, and nobody is shown it.
    """

    class Picks(models.TextChoices):
        ALL = "all", _("Every interview")
        SHARE = "share", _("A share, drawn at random")
        FINDINGS = "findings", _("Those with findings of these kinds")
        ENUMERATORS = "people", _("Those of these enumerators")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="review_rules")
    picks = models.CharField(_("which interviews"), max_length=10, choices=Picks)
    share = models.FloatField(
        _("share, %"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    kinds = models.JSONField(_("kinds of findings"), default=list, blank=True)
    enumerators = models.ManyToManyField(
        User, blank=True, related_name="+", verbose_name=_("enumerators")
    )
    is_active = models.BooleanField(_("active"), default=True)
    seed = models.CharField(max_length=64, default=new_seed, editable=False)

    class Meta:
        verbose_name = _("review rule")
        verbose_name_plural = _("review rules")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__range=(0, 100)),
                name="review_share_is_a_percentage",
            ),
        )

    def __str__(self) -> str:
        return self.get_picks_display()
