"""People who were selected beforehand, for tests of what becomes of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from surveys import attempts, fieldwork
from surveys.attempts import Record
from surveys.models import Attempt, Case, Site, User
from surveys.sampling.outcomes import Outcome

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def listed(site: Site, *codes: str) -> Sequence[Case]:
    """Cases of the survey's wave, selected at the site."""
    wave = fieldwork.current_wave(site.survey)
    rows = [Case(wave=wave, site=site, code=code, is_listed=True) for code in codes]
    return Case.objects.bulk_create(rows)


def tried(
    case: Case,
    person: User,
    outcome: Outcome,
    day: int = 0,
    *,
    again: int | None = None,
    note: str = "",
) -> Attempt:
    """An attempt so many days after Monday, to come back `again` days after it."""
    at = MONDAY + timedelta(days=day)
    again_at = None if again is None else MONDAY + timedelta(days=again)
    return attempts.record(case, person, Record(uuid4(), outcome, at, again_at, note))
