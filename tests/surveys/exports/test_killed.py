"""A worker that is killed in the middle of an export: no half file is offered, and another makes it whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from os import utime
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from surveys import jobs
from surveys.exports import catalogue
from surveys.exports.catalogue import EXPORTS, Order
from surveys.exports.manifest import faults_in
from surveys.models import Job, Weight
from surveys.tasks import nudge_job, reap_jobs
from tests.conftest import Worker
from tests.factories import make_survey, make_user
from tests.scoring.test_rescoring import fresh, silence
from tests.scoring.test_worker import wait_until
from tests.surveys.exports.analysed import make_house

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@contextmanager
def held_up() -> Iterator[None]:
    """Whoever reads weights, as an export does with every page, waits."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(f"LOCK TABLE {Weight._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("kind", ["submissions_csv", "package_zip"])
def test_a_killed_workers_file_is_made_by_another(
    environment: dict[str, str],
    start_worker: Callable[[], Worker],
    settings: Settings,
    tmp_path: Path,
    kind: str,
) -> None:
    environment["VAR_DIR"] = settings.VAR_DIR = str(tmp_path)
    settings.MEDIA_ROOT = tmp_path / "media"
    scratch = tmp_path / "scratch"
    version = make_house(make_survey("ours"))
    order = Order(version.questionnaire, make_user(is_superuser=True), derived=True)
    job = catalogue.request(EXPORTS[kind], order)
    with held_up():
        nudge_job(job.pk)
        worker = start_worker()
        wait_until(lambda: any(path.is_file() for path in scratch.rglob("*")))
        worker.kill()
    begun = list(scratch.iterdir())
    assert (fresh(job).state, bool(fresh(job).result), len(begun)) == (Job.State.RUNNING, False, 1)
    silence(job)
    reap_jobs.delay()
    start_worker()
    wait_until(lambda: fresh(job).state == Job.State.DONE)
    made = fresh(job)
    assert (made.attempts, made.done, made.total) == (2, 3, 3)
    if kind == "package_zip":
        assert list(faults_in(Path(made.result.path))) == []
    else:
        with ZipFile(made.result.path) as archive:
            assert archive.read("interviews.csv").count(b"uuid:") == 3
    old = (timezone.now() - jobs.SCRATCH_KEPT_FOR - timedelta(seconds=1)).timestamp()
    utime(begun[0], (old, old))
    jobs.reap()
    assert list(scratch.iterdir()) == []
