"""The tables of judging: schemes, scores, cells and estimates."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Site, Survey, User, Wave, WeightVersion


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


class SiteCellsQuerySet(models.QuerySet["SiteCells"]):
    def held(self) -> "SiteCellsQuerySet":
        """The same rows, locked until the transaction ends, in one order: no two wait in a circle."""
        rows = self.select_for_update(of=("self",)).order_by("pk")
        return SiteCells.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))


class SiteCells(models.Model):
    """A site's people as a scheme judges them, what they sum to, and under which design.

    People are columns, in the order of their interviews' keys: a site is what is judged, written and
    read at one time. Dirty while `revision` is ahead of `built_revision`, or the design has changed since.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="sites")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+")
    revision = models.PositiveBigIntegerField(default=1)
    built_revision = models.PositiveBigIntegerField(default=0)
    judged_revision = models.PositiveIntegerField(default=0)  # of the scheme, when all were judged
    weights = models.ForeignKey(WeightVersion, models.SET_NULL, null=True, related_name="+")
    stratum = models.CharField(max_length=50, blank=True)
    psu = models.CharField(max_length=50, blank=True)
    design_weight = models.FloatField(default=1.0)
    people = models.PositiveIntegerField(default=0)
    checksum = models.CharField(max_length=80, blank=True)  # of who they are, and their submissions
    interviews = models.BinaryField(default=bytes)  # int64 keys
    submissions = models.BinaryField(default=bytes)  # int64 keys
    items = models.BinaryField(
        default=bytes
    )  # uint8 (people, items), as `score_items` returns them
    levels = models.JSONField(default=dict)  # by -> everybody's level
    layout = models.CharField(max_length=16, blank=True)  # of which variables, in which order
    domains = models.JSONField(default=list)  # [by, level]
    sums = models.BinaryField(default=bytes)  # scoring.cells.packed: (Sums, domains, variables)
    counts = models.JSONField(default=dict)  # by -> level -> interviews

    objects = SiteCellsQuerySet.as_manager()

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


class StratumCells(models.Model):
    """What a stratum's primary sampling units sum to, and which sites' cells that was made of."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="strata")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    stratum = models.CharField(max_length=50, blank=True)
    fingerprint = models.CharField(max_length=64)
    psus = models.PositiveIntegerField(default=0)
    domains = models.JSONField(default=list)  # [by, level]
    moments = models.BinaryField(default=bytes)  # (Moments, domains, variables)
    counts = models.JSONField(default=dict)  # by -> level -> [interviews, primary sampling units]

    class Meta:
        verbose_name = _("stratum's cells")
        verbose_name_plural = _("strata's cells")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "wave", "stratum"), name="cells_of_a_stratum_kept_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.stratum}"


class EstimateSet(models.Model):
    """The estimates of a wave under a scheme, and what they were computed from."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="estimate_sets")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    built_revision = models.PositiveBigIntegerField(default=0)  # sum over the sites it was made of
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


class KeptTable(models.Model):
    """A table that was asked for of a large wave, and of which data it was made."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="tables")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    content = models.CharField(max_length=64)  # of what was asked for, scoring.tables.Asked
    table = models.JSONField()  # scoring.tables.Table
    built_revision = models.PositiveBigIntegerField()  # of the estimates it was made beside
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kept table")
        verbose_name_plural = _("kept tables")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "wave", "content"), name="table_kept_once_a_wave"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.content}"


class PublicPage(models.Model):
    """What a survey shows to everybody: words of its coordinator, and numbers as they were at a moment.

    The numbers are kept, hidden and rounded as the public may see them, so that no two looks can be
    subtracted from each other. They go when the page is switched off.
    """

    survey = models.OneToOneField(Survey, models.CASCADE, related_name="public_page")
    is_on = models.BooleanField(default=False)
    title = models.CharField(max_length=200, blank=True)
    title_zh = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    note_zh = models.TextField(blank=True)
    is_listed = models.BooleanField(default=False)  # search engines may list it
    scheme = models.ForeignKey(Scheme, models.SET_NULL, null=True, related_name="+")
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, related_name="+")
    numbers = models.JSONField(default=dict)  # scoring.public_pages.Release
    as_of = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("public page")
        verbose_name_plural = _("public pages")
        constraints = (
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(as_of__isnull=False), name="public_page_has_numbers"
            ),
        )

    def __str__(self) -> str:
        return f"{self.survey} {self.title}"
