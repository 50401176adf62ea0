"""Those to whom answers are given, under which terms, and how well people then hide among each other."""

import secrets

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.disclosure.coarseness import Dates, Place
from surveys.models.questionnaire import Questionnaire
from surveys.models.survey import Role, Survey
from surveys.models.user import User

KEY_BYTES = 32
MOST_DECIMALS = 5  # about a metre: more is what devices make up


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


class AudienceQuerySet(models.QuerySet["Audience"]):
    def visible_to(self, user: User | AnonymousUser) -> "AudienceQuerySet":
        """Those of the surveys that the person coordinates."""
        return self.filter(survey__in=Survey.objects.with_role(user, Role.COORDINATOR))


class Audience(models.Model):
    """People who get the same data: no names, their own pseudonyms, everything as coarse as is said.

    Whoever has the `key` can tell which pseudonym is whose: no page, file or history shows it.
    """

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="audiences", verbose_name=_("survey")
    )
    name = models.CharField(_("name"), max_length=100)
    is_default = models.BooleanField(default=False, editable=False)  # of analysts without the right
    key = models.BinaryField(default=new_key, editable=False)
    dates = models.CharField(
        _("dates"),
        max_length=10,
        default=Dates.DAY,
        choices=[
            (Dates.EXACT, _("as they are")),
            (Dates.DAY, _("the day")),
            (Dates.WEEK, _("the Monday of the week")),
            (Dates.MONTH, _("the first day of the month")),
            (Dates.NONE, _("left out")),
        ],
    )
    place = models.CharField(
        _("place"),
        max_length=10,
        default=Place.SITE,
        choices=[(Place.SITE, _("city and site")), (Place.CITY, _("city only"))],
    )
    decimals = models.PositiveSmallIntegerField(
        _("decimals of coordinates"),
        null=True,
        blank=True,
        default=2,
        validators=[MaxValueValidator(MOST_DECIMALS)],
    )
    widths = models.JSONField(_("bands of numbers"), default=dict, blank=True)  # by key of question
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ("survey", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "name"),
                name="audience_name_once_a_survey",
                violation_error_message=_("The survey has an audience of this name."),
            ),
            models.UniqueConstraint(
                fields=("survey",),
                condition=models.Q(is_default=True),
                name="one_default_audience_a_survey",
            ),
        )

    def __str__(self) -> str:
        return str(_("Analysts")) if self.is_default else self.name


class DisclosureReport(models.Model):
    """Who stands out in a questionnaire's data as an audience gets them, as of one moment."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="reports")
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    results = models.JSONField()

    class Meta:
        verbose_name = _("report of disclosure")
        verbose_name_plural = _("reports of disclosure")
        constraints = (
            models.UniqueConstraint(
                fields=("audience", "questionnaire"), name="disclosure_report_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.audience} · {self.questionnaire}"
