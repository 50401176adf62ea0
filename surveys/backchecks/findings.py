"""What second visits say of interviews, as the checks of quality say it."""

from collections.abc import Iterator
from datetime import datetime

from surveys.models import Inspection, SecondVisit
from surveys.quality.finding import About, Check, Finding, Severity

DENIED = "denied"


def of(inspection: Inspection, until: datetime | None = None) -> Iterator[Finding]:
    """A doubt about each interview of which something differs that cannot change, the worst first.

    With `until`, of the visits that had come by then.
    """
    visits = SecondVisit.objects.done().filter(
        backcheck__questionnaire=inspection.questionnaire_id,
        interview__wave=inspection.wave_id,
        fixed__gt=0,
    )
    if until is not None:
        visits = visits.filter(visit__received_at__lte=until)
    rows = visits.order_by("-is_denied", "-fixed", "pk")
    for interview, fixed, is_denied in rows.values_list("interview", "fixed", "is_denied"):
        yield Finding(
            Check.SECOND_VISIT,
            Severity.ALERT if is_denied else Severity.WATCH,
            About.INTERVIEW,
            str(interview),
            (str(interview),),
            value=float(fixed),
            expected=0.0,
            doubt=DENIED if is_denied else "",
        )
