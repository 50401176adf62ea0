"""What of judging needs a person."""

from collections.abc import Iterator
from datetime import timedelta

from scoring import cells
from scoring.models import Scheme
from surveys import alerts
from surveys.alerts import Concern
from surveys.errors import gettext_noop

LONG = timedelta(minutes=15)


@alerts.over
def waiting_sites() -> Iterator[Concern]:
    """Sites that wait to be added up; those that a rescore has yet to reach do not, they have a job."""
    waiting = sum(cells.dirty(scheme).count() for scheme in Scheme.objects.all())
    if waiting:
        yield Concern(
            "scoring",
            gettext_noop(
                "Indicators are behind: %(count)s sites wait to be computed for a quarter of an hour. Are workers "
                "running that take from the queue “scoring”?"
            ),
            {"count": waiting},
            LONG,
        )
