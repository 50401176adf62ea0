"""The sampling frame of a survey, samples drawn from it, and who came in for whom."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.fieldwork import City, Site
from surveys.models.placed import Placed
from surveys.models.survey import STAFF_ROLES, Survey
from surveys.models.user import User


class Unit(Placed):
    """What can be drawn, usually a site."""

    code = models.CharField(_("code"), max_length=50)
    name = models.CharField(_("name"), max_length=200, blank=True)
    stratum = models.CharField(_("stratum"), max_length=50)
    psu = models.CharField(_("PSU"), max_length=50, blank=True)  # blank: the unit is one by itself
    city = models.ForeignKey(
        City, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("city")
    )
    size = models.FloatField(
        _("size"),
        null=True,
        blank=True,
        help_text=_("How many people or households there are, for drawing in proportion to it."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class FrameUnitQuerySet(models.QuerySet["FrameUnit"]):
    def visible_to(self, user: User | AnonymousUser) -> "FrameUnitQuerySet":
        return self.filter(survey__in=Survey.objects.with_role(user, *STAFF_ROLES))


class FrameUnit(Unit):
    """A unit of the frame as it is now; draws keep what it was when they were made."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="frame_units", verbose_name=_("survey")
    )

    objects = FrameUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("frame unit")
        verbose_name_plural = _("sampling frame")
        ordering = ("survey", "code")
        constraints = (
            models.UniqueConstraint(fields=("survey", "code"), name="frame_unit_once_a_survey"),
            models.CheckConstraint(condition=~Q(stratum=""), name="frame_stratum_is_named"),
            models.CheckConstraint(
                condition=Q(size__isnull=True) | Q(size__gt=0), name="frame_size_is_positive"
            ),
        )


class DrawQuerySet(models.QuerySet["Draw"]):
    def visible_to(self, user: User | AnonymousUser) -> "DrawQuerySet":
        return self.filter(survey__in=Survey.objects.with_role(user, *STAFF_ROLES))


class Draw(models.Model):
    """A sample as it was drawn, never changed afterwards: another one is another draw.

    `plan` is a document of `sampling.plan.Plan`, `strata` by name what there was to draw from as
    `{"population": units, "size": sum of sizes}`. `target` interviews are planned at a site; where
    `takes_people`, that many of the people whom the size of the site counts.
    """

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="draws", verbose_name=_("survey")
    )
    number = models.PositiveIntegerField()
    plan = models.JSONField()
    seed = models.PositiveBigIntegerField(_("seed"))
    is_seed_given = models.BooleanField(default=False)  # by whoever drew, not made by us
    target = models.PositiveIntegerField(_("interviews at each site"))
    takes_people = models.BooleanField(default=False)
    strata = models.JSONField()
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("drawn by")
    )
    made_at = models.DateTimeField(_("drawn"), auto_now_add=True)

    objects = DrawQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("survey", "number"), name="draw_number_once_a_survey"),
        )

    def __str__(self) -> str:
        return f"{self.survey} {self.number}"


class DrawnUnit(Unit):
    """A unit of a sample or of its reserve, as it was in the frame.

    `place` is its turn in its stratum, in the sample or among the replacements; `weight` the people
    (or sites) that an interview there stands for. `site` is where the fieldwork does it.
    """

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="units")
    number = models.PositiveIntegerField()
    is_reserve = models.BooleanField(default=False)
    place = models.PositiveIntegerField(_("order"))
    probability = models.FloatField(_("selection probability"))
    weight = models.FloatField(_("design weight"))
    site = models.ForeignKey(Site, models.SET_NULL, null=True, related_name="drawn_units")

    class Meta:
        verbose_name = _("drawn unit")
        verbose_name_plural = _("drawn units")
        ordering = ("draw", "number")
        constraints = (
            models.UniqueConstraint(fields=("draw", "number"), name="drawn_number_once_a_draw"),
            models.UniqueConstraint(fields=("draw", "code"), name="drawn_unit_once_a_draw"),
            models.CheckConstraint(
                condition=Q(probability__gt=0, probability__lte=1),
                name="selection_probability_is_one",
            ),
        )


class Replacement(models.Model):
    """Who came in for a unit that could not be done, and why: written once."""

    replaced = models.OneToOneField(DrawnUnit, models.CASCADE, related_name="replacement")
    by_unit = models.OneToOneField(DrawnUnit, models.CASCADE, related_name="stands_in")
    original = models.ForeignKey(DrawnUnit, models.CASCADE, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("replacement")
        verbose_name_plural = _("replacements")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="replacement_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(replaced=F("by_unit")), name="no_unit_replaces_itself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.replaced} → {self.by_unit}"
