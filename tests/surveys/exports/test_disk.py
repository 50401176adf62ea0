"""A full disk: a sentence, and no half file, in whatever format."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from surveys import jobs
from surveys.exports import catalogue
from surveys.exports.catalogue import EXPORTS, Order
from surveys.models import Job
from tests.factories import make_survey, make_user
from tests.surveys.exports.analysed import FULL, make_house, send

NO_ROOM = "|".join(map(os.strerror, jobs.NO_ROOM))
KINDS = [kind for kind in EXPORTS if kind.startswith(("submissions", "package"))]


@contextmanager
def room_for(most_bytes: int) -> Iterator[None]:
    """No file may be longer: writing fails as on a full disk, with another number of the error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def order(db: None, settings: Settings, tmp_path: Path) -> Order:
    settings.MEDIA_ROOT, settings.VAR_DIR = tmp_path / "media", tmp_path
    version = make_house(make_survey("ours"))
    for number in range(4, 14):
        send(version, number, FULL)
    return Order(version.questionnaire, make_user(is_superuser=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("room", [100, 1_500])
def test_a_full_disk_is_said_and_leaves_nothing(
    order: Order, tmp_path: Path, kind: str, room: int
) -> None:
    job = catalogue.request(EXPORTS[kind], order)
    with room_for(room), pytest.raises(OSError, match=NO_ROOM):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, bool(job.result)) == (Job.State.FAILED, jobs.FULL, False)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert list((tmp_path / "scratch").iterdir()) == []
