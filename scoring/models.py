"""The tables of judging: schemes, scores, cells and estimates."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Interview, Site, Submission, Survey, User, Wave, WeightVersion


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def visible_to(self, user: User | AnonymousUser) -> "SchemeQuerySet":
        return self.filter(survey__in=Survey.objects.visible_to(user))


class Scheme(models.Model):
    """How answers become indicators. Never edited: another weighting is another scheme."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="schemes")
    name = models.SlugField(_("name"))
    document = models.JSONField(_("definition"))
    sha256 = models.CharField(max_length=64)
    is_default = models.BooleanField(_("default"), default=False)
    revision = models.PositiveIntegerField(default=1)  # a rescore raises it: older scores wait
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        ordering = ("survey", "-is_default", "name")
        constraints = (
            models.UniqueConstraint(fields=("survey", "name"), name="scheme_once_a_survey"),
            models.UniqueConstraint(
                fields=("survey",), condition=Q(is_default=True), name="one_default_scheme"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Score(models.Model):
    """One interview judged by one scheme: what its current submission is worth."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="scores")
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="scores")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField(default=1)  # of the scheme, when this was judged
    items = models.BinaryField()  # one uint8 an item, in the scheme's order
    levels = models.JSONField()  # disaggregation -> level
    standards = models.JSONField()  # standard -> score 0..1 or null
    index = models.FloatField(null=True)
    deprivation = models.FloatField(null=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = (
            models.UniqueConstraint(fields=("scheme", "interview"), name="interview_scored_once"),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.interview_id}"


class CellBlock(models.Model):
    """A site's cells under a scheme, and the design under which they were built.

    Dirty while `revision` is ahead of `built_revision`, or the design has changed since.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="blocks")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+")
    revision = models.PositiveBigIntegerField(default=1)
    built_revision = models.PositiveBigIntegerField(default=0)
    weights = models.ForeignKey(WeightVersion, models.SET_NULL, null=True, related_name="+")
    stratum = models.CharField(max_length=50, blank=True)
    psu = models.CharField(max_length=50, blank=True)
    design_weight = models.FloatField(default=1.0)

    class Meta:
        verbose_name = _("site's cells")
        verbose_name_plural = _("sites' cells")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "wave", "site"), name="cells_of_a_site_kept_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.site}"


class Cell(models.Model):
    """Sums over one site's people of one level, by variable: [n, W, T, W2, Q]."""

    block = models.ForeignKey(CellBlock, models.CASCADE, related_name="cells")
    by = models.CharField(max_length=100)
    level = models.CharField(max_length=100)
    sums = models.JSONField()

    class Meta:
        verbose_name = _("cell")
        verbose_name_plural = _("cells")
        constraints = (
            models.UniqueConstraint(fields=("block", "by", "level"), name="cell_kept_once"),
        )

    def __str__(self) -> str:
        return f"{self.by}={self.level}"


class EstimateSet(models.Model):
    """The estimates of a wave under a scheme, and what they were computed from."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="estimate_sets")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    built_revision = models.PositiveBigIntegerField(default=0)  # sum over the blocks it was made of
    interviews = models.PositiveBigIntegerField(default=0)
    psus = models.PositiveIntegerField(default=0)
    strata = models.PositiveIntegerField(default=0)
    form_versions = models.JSONField(default=list)
    weight_version = models.CharField(max_length=50, blank=True)
    is_probability_sample = models.BooleanField(default=True)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("set of estimates")
        verbose_name_plural = _("sets of estimates")
        constraints = (
            models.UniqueConstraint(fields=("scheme", "wave"), name="estimates_kept_once_a_wave"),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.wave}"


class Estimate(models.Model):
    """One published number with its uncertainty; what the dashboard reads."""

    set = models.ForeignKey(EstimateSet, models.CASCADE, related_name="estimates")
    variable = models.CharField(max_length=50)
    by = models.CharField(max_length=100)
    level = models.CharField(max_length=100)
    n = models.PositiveBigIntegerField(null=True)  # how many people, unless that must not be shown
    estimate = models.FloatField(null=True)
    se = models.FloatField(null=True)
    deff = models.FloatField(null=True)
    df = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    suppressed = models.CharField(max_length=20, blank=True)  # why it must not be shown
    flags = models.JSONField(default=list)  # what the standard error rests on

    class Meta:
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        ordering = ("by", "level", "variable")
        constraints = (
            models.UniqueConstraint(
                fields=("set", "variable", "by", "level"), name="estimate_kept_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.variable} {self.by}={self.level}"


class GroupComparisonQuerySet(models.QuerySet["GroupComparison"]):
    def visible_to(self, user: User | AnonymousUser) -> "GroupComparisonQuerySet":
        return self.filter(scheme__survey__in=Survey.objects.visible_to(user))


class GroupComparison(models.Model):
    """The groups of a disaggregation compared: ranks with their uncertainty, and differences."""

    scheme = models.ForeignKey(
        Scheme, models.CASCADE, related_name="comparisons", verbose_name=_("scheme")
    )
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+", verbose_name=_("wave"))
    by = models.CharField(max_length=100)
    findings = models.JSONField()  # scoring.comparisons.Findings
    seed = models.PositiveBigIntegerField(_("seed"))
    draws = models.PositiveIntegerField(_("draws"))
    interviews = models.PositiveBigIntegerField(_("Interviews"))
    built_revision = models.PositiveBigIntegerField()  # of the estimates it was made beside
    computed_at = models.DateTimeField(_("computed"))

    objects = GroupComparisonQuerySet.as_manager()

    class Meta:
        verbose_name = _("comparison of groups")
        verbose_name_plural = _("comparisons of groups")
        ordering = ("scheme", "by")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "wave", "by"), name="comparison_kept_once_a_wave"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.by}"
