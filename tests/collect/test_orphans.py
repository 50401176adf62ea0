"""A request that is killed before its commit: nothing of it counts, and its files are swept away."""

import os
import threading
import time
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from surveys import orphans
from surveys.models import Attachment, Submission
from tests.collect.device import Collect, Record, State
from tests.collect.fieldwork import AUDIT, photos, record
from tests.collect.posts import post
from tests.collect.web import Web

SOON_S = 20.0


def stored() -> set[Path]:
    return set((Path(settings.MEDIA_ROOT) / "attachments").rglob("*.*"))


@pytest.mark.postgres
def test_files_of_a_killed_request_go_and_those_of_the_next_stay(
    collect: Collect, web: Web
) -> None:
    """The request has kept its pictures and waits for a table, when its process is killed."""
    mine, before = record(photos(3) | {"audit.csv": AUDIT}), stored()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE surveys_auditlog IN ACCESS EXCLUSIVE MODE")
        request = threading.Thread(target=send_in_vain, args=(collect, mine))
        request.start()
        lost = wait_for_files(before, len(mine.files))
        for worker in web.process.children():
            worker.kill()
        request.join()
    assert not Submission.objects.exists()
    assert not Attachment.objects.exists()
    assert orphans.remove() == 0  # they are young: their request might be at it still
    assert collect.send(mine) == State.SENT
    kept = stored() - before - lost
    old = time.time() - 2 * 24 * 3600
    for path in lost | kept:
        os.utime(path, (old, old))
    assert orphans.remove() == len(lost) == len(kept) == 4
    assert stored() - before == kept


def send_in_vain(collect: Collect, mine: Record) -> None:
    with suppress(OSError, HTTPException):
        post(collect, mine)


def wait_for_files(before: set[Path], count: int) -> set[Path]:
    deadline = time.monotonic() + SOON_S
    while len(new := stored() - before) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return new
