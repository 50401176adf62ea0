"""Whom enumerators still have to visit: who was selected at their sites, and when to come back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from surveys import fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Assignment, Case, Site, User, Wave
from surveys.models.fieldwork import CaseQuerySet


class NotListed(SurveyError):
    """Nobody of that code was selected, or it is not for this person to see."""

    status = 404


@dataclass(frozen=True)
class Progress:
    """How many were selected at a site, how many of these nobody needs to visit, and how many wait
    for somebody who comes back at the time that was agreed or is due.
    """

    people: int = 0
    settled: int = 0
    due: int = 0


def people_at(site: Site) -> CaseQuerySet:
    """Who was selected at a site in this wave, by code."""
    wave = fieldwork.current_wave(site.survey)
    return Case.objects.listed().filter(wave=wave, site=site).order_by("code")


def person_for(user: User, case_id: int) -> Case:
    """Somebody who was selected at a site where the user works now, or whose survey the user runs.

    Raises NotListed, SiteNotYours.
    """
    rows = Case.objects.visible_to(user).listed().select_related("site__survey", "wave")
    case = rows.filter(pk=case_id).first()
    if case is None:
        raise not_listed()
    fieldwork.require_active_assignment(user, case.site)
    return case


def not_listed() -> NotListed:
    return NotListed(gettext_noop("This person is on no list here. Ask your supervisor."))


def progress_at(sites: Iterable[Site], now: datetime | None = None) -> dict[int, Progress]:
    """By the key of the site, where anybody was selected in this wave."""
    counted = _current(site.pk for site in sites).order_by().values_list("site")
    rows = counted.annotate(
        people=Count("pk"),
        settled=Count("pk", filter=Q(is_settled=True)),
        due=Count("pk", filter=Q(due_at__lte=now or timezone.now())),
    )
    return {site: Progress(*counts) for site, *counts in rows}


def due_for(enumerator: User, until: datetime, most: int) -> list[Case]:
    """Whom to come back to until then at the enumerator's sites, the earliest first."""
    mine = Assignment.objects.filter(enumerator=enumerator, is_active=True).values("site")
    rows = _current(mine).filter(due_at__lte=until).select_related("site")
    return list(rows.order_by("due_at", "pk")[:most])


def _current(sites: Iterable[int] | QuerySet[Any, Any]) -> CaseQuerySet:
    """Who was selected at the sites in the wave that their survey is in."""
    latest = Wave.objects.begun().filter(survey=OuterRef("wave__survey"))
    later = latest.filter(number__gt=OuterRef("wave__number"))
    begun = latest.filter(pk=OuterRef("wave"))
    return Case.objects.listed().filter(~Exists(later), Exists(begun), site__in=sites)
