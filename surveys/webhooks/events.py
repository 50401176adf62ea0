"""What happened in a survey between two moments, by event: ids, and nobody's answers."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeAlias

from surveys.models import Interview, Survey, Tombstone, Webhook
from surveys.models.interview import InterviewQuerySet
from surveys.models.tombstone import TombstoneQuerySet

Data: TypeAlias = dict[str, Any]
Source: TypeAlias = Callable[[Survey, datetime, datetime], Iterator[Data]]
MOST = 500  # interviews a message


def received(survey: Survey, since: datetime, until: datetime) -> Iterator[Data]:
    rows = Interview.objects.filter(received_at__gte=since, received_at__lt=until)
    return _messages(survey, rows)


def changed(survey: Survey, since: datetime, until: datetime) -> Iterator[Data]:
    """Without those that came in the same time: they are told as received."""
    rows = Interview.objects.filter(changed_at__gte=since, changed_at__lt=until)
    return _messages(survey, rows.exclude(received_at__gte=since))


def erased(survey: Survey, since: datetime, until: datetime) -> Iterator[Data]:
    """So that whoever keeps a copy erases them there too."""
    return _messages(survey, Tombstone.objects.filter(erased_at__gte=since, erased_at__lt=until))


def _messages(survey: Survey, rows: InterviewQuerySet | TombstoneQuerySet) -> Iterator[Data]:
    ours = rows.filter(questionnaire__survey=survey).order_by("questionnaire", "pk")
    found = ours.values_list("questionnaire", "root_uuid").iterator(chunk_size=MOST)
    for questionnaire, group in groupby(found, itemgetter(0)):
        while ids := [one[1] for one in islice(group, MOST)]:
            yield {"survey": survey.code, "questionnaire": questionnaire, "interviews": ids}


SOURCES: dict[str, Source] = {  # other packages add theirs
    Webhook.Event.RECEIVED: received,
    Webhook.Event.CHANGED: changed,
    Webhook.Event.ERASED: erased,
}
