"""The checks of quality run over a survey's interviews, and what they find kept for its pages."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from surveys import doubts, seasons
from surveys.backchecks import findings
from surveys.models import Inspection, Interview, QualityRules, Questionnaire, Survey, User, Wave
from surveys.quality.arrays import median
from surveys.quality.assessment import Assessment, assess
from surveys.quality.fieldwork import Fieldwork
from surveys.quality.profiles import histogram
from surveys.quality.thresholds import ThresholdFault, Thresholds, parse

EVERY = timedelta(minutes=15)
OVERLAP = timedelta(minutes=1)  # a transaction may commit somewhat later than it changed something


def run(survey: Survey, until: datetime | None = None) -> list[Inspection]:
    """Check every questionnaire and wave of a survey now, whenever they were checked last.

    With `until`, as if it were that moment: of the interviews that had come by then. Takes some
    seconds for 20,000 interviews.
    """
    _begin(survey)
    found = Inspection.objects.filter(questionnaire__survey=survey).order_by("pk")
    return [inspect(one, until) for one in found.select_related("questionnaire")]


def check(inspection_id: int) -> bool:
    """Check what waits, unless another worker does or did in the last 15 minutes; whether it was."""
    now = timezone.now()
    free = Inspection.objects.filter(_is_free(now), pk=inspection_id)
    if not free.update(claimed_at=now):
        return False
    inspect(Inspection.objects.select_related("questionnaire").get(pk=inspection_id))
    return True


def waiting() -> list[int]:
    """The inspections whose interviews have changed since they were looked at, or whose limits, and
    that nobody looked at in the last 15 minutes.
    """
    for survey in Survey.objects.all():
        _begin(survey)
    due = Inspection.objects.filter(_is_free(timezone.now())).defer("results")
    return [one.pk for one in due if _has_changed(one)]


def _is_free(now: datetime) -> Q:
    return Q(claimed_at=None) | Q(claimed_at__lte=now - EVERY)


def _begin(survey: Survey) -> None:
    """Add the inspections of questionnaires and waves that have got interviews."""
    here = Inspection.objects.filter(questionnaire__survey=survey)
    known = set(here.values_list("questionnaire", "wave"))
    waves = list(Wave.objects.filter(survey=survey))
    for questionnaire in Questionnaire.objects.main().filter(survey=survey):
        for wave in waves:
            rows = Interview.objects.filter(questionnaire=questionnaire, wave=wave)
            if (questionnaire.pk, wave.pk) not in known and rows.exists():
                Inspection.objects.get_or_create(questionnaire=questionnaire, wave=wave)


def _has_changed(inspection: Inspection) -> bool:
    rows = Interview.objects.filter(
        questionnaire=inspection.questionnaire_id, wave=inspection.wave_id
    )
    seen = inspection.seen_until
    return seen is None or rows.filter(changed_at__gt=seen).exists()


def inspect(inspection: Inspection, until: datetime | None = None) -> Inspection:
    """Run all checks over the interviews of an inspection, and keep what they find."""
    began = timezone.now()
    season = seasons.read(inspection, until)
    limits = thresholds_of(inspection.questionnaire.survey_id)
    found = assess(season.fieldwork, limits)
    with transaction.atomic():
        Inspection.objects.select_for_update().get(pk=inspection.pk)  # `set_limits` waits for it
        is_asked_again = limits != thresholds_of(inspection.questionnaire.survey_id)
        beside = findings.of(inspection, until)
        doubts.keep(inspection, (*beside, *found.findings), until or began)
        inspection.results = results_of(season.fieldwork, found)
        inspection.interviews = len(season.fieldwork)
        inspection.left_out = season.left_out
        inspection.checked_at = until or began
        inspection.seen_until = None if is_asked_again else began - OVERLAP
        inspection.claimed_at = None if is_asked_again else began
        inspection.save()
    return inspection


def results_of(fieldwork: Fieldwork, found: Assessment) -> dict[str, Any]:
    """What pages show beside the doubts, as JSON: seconds and shares, None where unknown."""
    complete = fieldwork.complete
    counts, edges = histogram(complete.duration_s)
    results: dict[str, Any] = _plain(
        {
            "profiles": [asdict(one) for one in found.profiles],
            "suspicions": [asdict(one) for one in found.suspicions],
            "effects": {
                name: {"icc": one.icc, "deff": one.deff, "p": one.p, "n": one.n}
                for name, one in found.effects.items()
            },
            "durations": {
                "counts": counts,
                "edges": edges,
                "median": median(complete.duration_s),
            },
            "sections": {name: median(taken) for name, taken in complete.section_s.items()},
        }
    )
    return results


def _plain(value: Any) -> Any:
    """Without numbers that are none, which JSON does not know."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def thresholds_of(survey_id: int) -> Thresholds:
    """The survey's limits, usual ones where it has none of its own."""
    rules = QualityRules.objects.filter(survey=survey_id).first()
    return parse(rules.limits if rules else {})[0]


@transaction.atomic
def set_limits(
    survey: Survey, given: Mapping[str, object], *, by: User, sends_digest: bool
) -> tuple[ThresholdFault, ...]:
    """Keep a survey's limits, by name, and ask for a run under them; blank is the usual one.

    Returns what is wrong with them: then nothing is kept.
    """
    thresholds, faults = parse(given)
    if faults:
        return faults
    usual = asdict(Thresholds())
    limits = {name: value for name, value in asdict(thresholds).items() if value != usual[name]}
    QualityRules.objects.update_or_create(
        survey=survey,
        defaults={"limits": limits, "changed_by": by, "sends_digest": sends_digest},
    )
    Inspection.objects.filter(questionnaire__survey=survey).update(seen_until=None, claimed_at=None)
    return ()
