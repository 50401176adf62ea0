"""About whom there is something to ask in a survey, for pages that lead to the page of quality."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from surveys.admin.quality.suspicions import Question, questions_of
from surveys.models import Inspection, Survey


@dataclass(frozen=True)
class Alerts:
    """What the latest checks of a survey say, and the page that says all of it."""

    address: str
    questions: Sequence[tuple[Question, str]]  # each with its own address


def alerts_of(survey: Survey) -> Alerts | None:
    """None where nobody is to be asked about; in one query, of the suspicions alone."""
    checked = Inspection.objects.filter(questionnaire__survey=survey, checked_at__isnull=False)
    found = checked.order_by("-checked_at").values_list("pk", "results__suspicions").first()
    if found is None or not found[1]:
        return None
    page = f"{reverse('admin:surveys_inspection_changelist')}?inspection={found[0]}"
    questions = [
        (one, f"{page}&{urlencode({'enumerator': one.enumerator})}")
        for one in questions_of(found[1])
    ]
    return Alerts(page, questions) if questions else None
