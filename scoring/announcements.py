"""What webhooks tell of judging: that estimates were computed anew."""

from collections.abc import Iterator
from datetime import datetime

from scoring.models import EstimateSet
from surveys.models import Survey, Webhook
from surveys.webhooks.events import SOURCES, Data


def refreshed(survey: Survey, since: datetime, until: datetime) -> Iterator[Data]:
    made = EstimateSet.objects.filter(
        scheme__survey=survey, computed_at__gte=since, computed_at__lt=until
    )
    for scheme, wave in made.order_by("pk").values_list("scheme", "wave__number"):
        yield {"survey": survey.code, "scheme": scheme, "wave": wave}


SOURCES[Webhook.Event.REFRESHED] = refreshed
