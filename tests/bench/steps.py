"""Where the time of one submission goes, within one process: statements, reading, judging."""

import time
from collections.abc import Callable
from typing import Any

from tests.bench.house import write
from tests.collect.device import BOUNDARY, content_type

TIMES = 100


def measure(
    path: str, form_id: str, interview: Callable[[], bytes], wrap: Callable[[bytes], bytes]
) -> None:
    """Send interviews to an address, and take one apart; Django is set up."""
    from django.utils import timezone  # noqa: PLC0415  # settings come from the environment

    from surveys.fieldwork import current_wave  # noqa: PLC0415
    from surveys.models import QuestionnaireVersion  # noqa: PLC0415
    from surveys.questionnaires import environment_of, form_of  # noqa: PLC0415
    from surveys.xforms.evaluation import evaluate  # noqa: PLC0415
    from surveys.xforms.instance import read_instance  # noqa: PLC0415

    version = QuestionnaireVersion.objects.get(questionnaire__form_id=form_id)
    form, environment = form_of(version), environment_of(version, timezone.localtime())
    xml = interview()
    root = read_instance(xml).root
    _tell("reading the XML", lambda: read_instance(xml))
    _tell("judging by the form", lambda: evaluate(form, root, environment))
    survey = version.questionnaire.survey
    _tell("one query: its SQL made, sent, its row read", lambda: current_wave(survey))
    _tell_statements(path, [wrap(interview()) for _ in range(TIMES)])


def _tell(name: str, step: Callable[[], object]) -> None:
    step()
    start = time.process_time()
    for _ in range(TIMES):
        step()
    write(name=f"step: {name}", seconds=round((time.process_time() - start) / TIMES, 5))


def _tell_statements(path: str, bodies: list[bytes]) -> None:
    """How many the database is asked, and how long one waits for their answers."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    taken: list[float] = []

    def timed(execute: Callable[..., object], *args: Any) -> object:
        start = time.perf_counter()
        try:
            return execute(*args)
        finally:
            taken.append(time.perf_counter() - start)

    client = Client(SERVER_NAME="127.0.0.1")
    with connection.execute_wrapper(timed):
        for body in bodies:
            assert client.post(path, body, content_type(BOUNDARY)).status_code == 201
    each = {"count": len(taken) / len(bodies), "seconds": round(sum(taken) / len(bodies), 5)}
    write(name="step: all statements, without making their SQL", **each)
