"""What is looked at of a wave: its sites with their counts, its days, its people's work."""

from dataclasses import dataclass

from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least

from surveys.models import Assignment, DayCount, Site, Wave
from surveys.models.progress import SUMS, DayCountQuerySet

PER_MILLE = 1000
LAST = 1_000_000_000  # the rank of a site without a target


@dataclass(frozen=True)
class Scope:
    """What is looked at: a wave, and of it some people's work or one site where these are given."""

    wave: Wave
    people: frozenset[int] | None = None
    site: Site | None = None

    def sites(self) -> QuerySet[Site]:
        """All, or the one; of some people, those at which they work or worked."""
        sites: QuerySet[Site] = Site.objects.filter(survey=self.wave.survey_id)
        sites = sites.filter(pk=self.site.pk) if self.site else sites
        work = Assignment.objects.filter(site=OuterRef("pk"), enumerator__in=self.people or ())
        return sites if self.people is None else sites.filter(Exists(work))

    def days(self) -> DayCountQuerySet:
        days = DayCount.objects.filter(wave=self.wave).order_by()
        days = days.filter(site=self.site) if self.site else days
        return days if self.people is None else days.filter(enumerator__in=self.people)

    def assignments(self) -> QuerySet[Assignment]:
        """Who works where now."""
        work = Assignment.objects.filter(site__survey=self.wave.survey_id, is_active=True)
        work = work.filter(site=self.site) if self.site else work
        return work if self.people is None else work.filter(enumerator__in=self.people)

    def work(self) -> QuerySet[Assignment]:
        """The same; `share` is theirs of the site's target, `left` what is lacking of it, as far as the
        site lacks that many.
        """
        of_wave = FilteredRelation("site__progress", condition=Q(site__progress__wave=self.wave))
        return (
            self.assignments()
            .order_by()
            .annotate(counted=of_wave)
            .annotate(share=Case(When(target__gt=0, then=F("target")), default=F("site__target")))
            .annotate(lacking=F("site__target") - Coalesce(F("counted__done"), 0))
            .annotate(
                left=_at_least_none(Least(F("share"), F("lacking"), output_field=IntegerField()))
            )
        )


def sites_of(scope: Scope) -> QuerySet[Site]:
    """The sites with their counts by everybody, that of which the least part is done first and those
    without a target last: by `rank`, then by key.
    """
    of_wave = FilteredRelation("progress", condition=Q(progress__wave=scope.wave))
    counts = {name: Coalesce(F(f"counted__{name}"), 0) for name in SUMS if name != "last_at"}
    return (
        scope.sites()
        .annotate(counted=of_wave)
        .annotate(**counts, last_at=F("counted__last_at"))
        .annotate(
            left=_at_least_none(F("target") - F("done")),
            beyond=_at_least_none(F("done") - F("target")),
            rank=Case(When(target=0, then=LAST), default=F("done") * PER_MILLE / F("target")),
        )
        .select_related("city")
        .order_by("rank", "pk")
    )


def _at_least_none(number: Combinable) -> Greatest:
    return Greatest(Value(0), number, output_field=IntegerField())
