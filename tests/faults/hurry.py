"""The queue of production with shorter patience, so that twenty deaths are survived in minutes."""

from datetime import timedelta

import django

django.setup()

from config.celery import app  # noqa: E402  # models are there only now
from surveys import jobs, nudges  # noqa: E402

__all__ = ["app"]

SWEEP_S = 2
PATIENCE = timedelta(seconds=6)  # a tenth of production's

jobs.SILENT_FOR = nudges.LOST_AFTER = PATIENCE
app.conf.beat_schedule = {
    name: {**entry, "schedule": SWEEP_S, "options": {"expires": SWEEP_S}}
    for name, entry in app.conf.beat_schedule.items()
}
