"""Where and with whom: cities, sites, assignments, selected cases and their weights."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from surveys.models.named import Named
from surveys.models.outcome import CHOICES
from surveys.models.placed import Placed
from surveys.models.survey import STAFF_ROLES, Role, Survey, Wave, is_staff, key_of, supervises
from surveys.models.user import User
from surveys.sampling.outcomes import Outcome

MOST_PEOPLE = 1_000_000_000  # that one person is believed to stand for


def require_weight(value: float) -> None:
    """Raises ValidationError unless 0 <= value <= 1e9; nan lies in no interval and is refused too."""
    if not 0 <= value <= MOST_PEOPLE:
        raise ValidationError(_("Give a number from 0 to 1,000,000,000."))


class RegionQuerySet(models.QuerySet["Region"]):
    def visible_to(self, user: User | AnonymousUser) -> "RegionQuerySet":
        return self if is_staff(user) else self.none()


class Region(Named):
    """A part of the country by which cities are grouped and samples stratified."""

    code = models.SlugField(_("code"), unique=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("code",)


class CityQuerySet(models.QuerySet["City"]):
    def visible_to(self, user: User | AnonymousUser) -> "CityQuerySet":
        return self if is_staff(user) else self.none()


class City(Named):
    """A city with the reference values that scoring compares answers to."""

    code = models.SlugField(_("code"), unique=True)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="cities", verbose_name=_("region")
    )
    average_wage = models.DecimalField(
        _("average wage, yuan a month"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    minimum_wage = models.DecimalField(
        _("minimum wage, yuan a month"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    migrant_population = models.PositiveBigIntegerField(
        _("rural migrant workers"), null=True, blank=True
    )
    history = HistoricalRecords()

    objects = CityQuerySet.as_manager()

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(average_wage__isnull=True) | Q(average_wage__gt=0),
                name="average_wage_is_positive",
            ),
        )


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: User | AnonymousUser) -> "SiteQuerySet":
        """Whole surveys for staff roles, assigned sites for enumerators."""
        if user.is_superuser:
            return self
        staff = Survey.objects.with_role(user, Role.COORDINATOR, Role.ANALYST, Role.SUPERVISOR)
        return self.filter(Q(survey__in=staff) | Q(pk__in=_sites_of(user)))


class Site(Placed):
    """A sampled area, usually one PSU: the unit of assignment and of parallel scoring."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="sites", verbose_name=_("survey")
    )
    code = models.CharField(_("code"), max_length=50)
    name = models.CharField(_("name"), max_length=200, blank=True)
    city = models.ForeignKey(
        City, models.PROTECT, null=True, blank=True, related_name="sites", verbose_name=_("city")
    )
    stratum = models.CharField(_("stratum"), max_length=50)
    psu = models.CharField(_("PSU"), max_length=50)
    target = models.PositiveIntegerField(_("target"), default=0)
    design_weight = models.FloatField(
        _("design weight"),
        default=1.0,
        validators=[require_weight],
        help_text=_("People that one interview here stands for, where a case has no weight yet."),
    )
    history = HistoricalRecords()

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("survey", "code")
        constraints = (
            models.UniqueConstraint(fields=("survey", "code"), name="site_code_once_a_survey"),
            models.CheckConstraint(condition=~Q(stratum=""), name="stratum_is_named"),
            models.CheckConstraint(condition=~Q(psu=""), name="psu_is_named"),
            models.CheckConstraint(  # without the upper bound PostgreSQL would take NaN
                condition=Q(design_weight__range=(0, MOST_PEOPLE)),
                name="design_weight_is_a_number_of_people",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True) | Q(latitude__range=(-90, 90)),
                name="latitude_is_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True) | Q(longitude__range=(-180, 180)),
                name="longitude_is_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.code


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User | AnonymousUser) -> "AssignmentQuerySet":
        """Coordinators see their surveys, supervisors their team, enumerators their own."""
        if user.is_superuser:
            return self
        whole = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(
            Q(site__survey__in=whole)
            | supervises(user, survey="site__survey", person="enumerator")
            | Q(enumerator_id=key_of(user))
        )


class Assignment(models.Model):
    """An enumerator's work at a site."""

    site = models.ForeignKey(
        Site, models.CASCADE, related_name="assignments", verbose_name=_("site")
    )
    enumerator = models.ForeignKey(
        User, models.CASCADE, related_name="assignments", verbose_name=_("enumerator")
    )
    target = models.PositiveIntegerField(_("target"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("site", "enumerator")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "enumerator"), name="enumerator_assigned_once_a_site"
            ),
        )

    def __str__(self) -> str:
        return f"{self.enumerator} @ {self.site}"


def _sites_of(user: User | AnonymousUser) -> models.QuerySet[Assignment, Any]:
    """The keys of the sites at which the person works now."""
    return Assignment.objects.filter(enumerator_id=key_of(user), is_active=True).values("site")


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User | AnonymousUser) -> "CaseQuerySet":
        """Whole surveys for staff roles, those at assigned sites for enumerators."""
        if user.is_superuser:
            return self
        staff = Survey.objects.with_role(user, *STAFF_ROLES)
        return self.filter(Q(wave__survey__in=staff.values("pk")) | Q(site__in=_sites_of(user)))

    def reachable_by(self, user: User | AnonymousUser) -> "CaseQuerySet":
        """Those whose contacts the person may see: at sites of one's own, in surveys one coordinates."""
        if user.is_superuser:
            return self
        coordinated = Survey.objects.with_role(user, Role.COORDINATOR)
        return self.filter(
            Q(site__in=_sites_of(user)) | Q(site__survey__in=coordinated.values("pk"))
        )

    def listed(self) -> "CaseQuerySet":
        """Those who were selected beforehand: whom response rates are about."""
        return self.filter(is_listed=True)


class Case(models.Model):
    """A selected person or household, listed beforehand or met in the field.

    Of those who are listed `attempts` writes down what became of them so far; it can be made again
    from their attempts and interviews.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="cases", verbose_name=_("wave"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="cases", verbose_name=_("site"))
    code = models.CharField(_("code"), max_length=100)
    is_listed = models.BooleanField(_("selected"), default=False)
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=CHOICES, default=Outcome.NOT_ATTEMPTED.value
    )
    attempt_count = models.PositiveIntegerField(_("attempts"), default=0)
    last_at = models.DateTimeField(_("last attempt"), null=True, editable=False)
    due_at = models.DateTimeField(_("next attempt"), null=True, editable=False)
    is_settled = models.BooleanField(_("settled"), default=False, editable=False)
    tried_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("enumerator"),
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("selected person")
        verbose_name_plural = _("selected people")
        constraints = (
            models.UniqueConstraint(fields=("wave", "code"), name="case_code_once_a_wave"),
        )
        indexes = (
            models.Index(  # for lists of a site, and rates by site
                fields=("wave", "site", "code"),
                condition=Q(is_listed=True),
                name="case_listed_at_site",
            ),
            models.Index(  # for rates: everything that they are made of, so that no row is read
                fields=("wave", "outcome", "tried_by", "attempt_count"),
                condition=Q(is_listed=True),
                name="case_listed_by_outcome",
            ),
        )

    def __str__(self) -> str:
        return self.code


class WeightVersionQuerySet(models.QuerySet["WeightVersion"]):
    def visible_to(self, user: User | AnonymousUser) -> "WeightVersionQuerySet":
        return self.filter(wave__survey__in=Survey.objects.visible_to(user))


class WeightVersion(models.Model):
    """One set of weights of a wave; scoring uses the current one."""

    wave = models.ForeignKey(
        Wave, models.CASCADE, related_name="weight_versions", verbose_name=_("wave")
    )
    name = models.SlugField(_("name"))
    is_current = models.BooleanField(_("current"), default=False)
    stages = models.JSONField(_("stages"), default=list)  # scoring.maths.weighting.Stage, in order
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WeightVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("weight version")
        verbose_name_plural = _("weight versions")
        constraints = (
            models.UniqueConstraint(fields=("wave", "name"), name="weight_version_once_a_wave"),
            models.UniqueConstraint(
                fields=("wave",), condition=Q(is_current=True), name="one_current_weight_version"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Weight(models.Model):
    """How many people a case stands for."""

    version = models.ForeignKey(WeightVersion, models.CASCADE, related_name="weights")
    case = models.ForeignKey(Case, models.CASCADE, related_name="weights")
    value = models.FloatField(_("weight"), validators=[require_weight])

    class Meta:
        verbose_name = _("weight")
        verbose_name_plural = _("weights")
        constraints = (
            models.UniqueConstraint(fields=("version", "case"), name="weight_once_a_case"),
            models.CheckConstraint(
                condition=Q(value__range=(0, MOST_PEOPLE)), name="weight_is_a_number_of_people"
            ),
        )

    def __str__(self) -> str:
        return f"{self.value:g}"
