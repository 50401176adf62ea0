"""Files in storage and keys that no row names: what requests leave behind that die before their commit."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.files.storage import Storage, default_storage
from django.db.models import QuerySet
from django.utils import timezone

from surveys.keys import store
from surveys.keys.models import Key
from surveys.models import Attachment, Deposit, DraftFile, ImportBatch, Job, Submission

KEPT_FOR = timedelta(days=1)  # longer than any request or job takes from file to commit
KEYS_KEPT_FOR = timedelta(days=90)
FOLDERS = ("attachments", "deposits", "drafts", "imports", "jobs")

logger = logging.getLogger(__name__)


def remove(storage: Storage = default_storage) -> int:
    """Remove the files of interviews, drafts, imports and jobs that no row names and that are older than a
    day; returns how many.

    Nothing that comes in meanwhile is lost: its files are young until their rows are there, and no
    row ever takes an old file that no other names. Files of forms may be taken so, by their content,
    when the form is published again; so they are left.
    """
    before = timezone.now() - KEPT_FOR
    removed = 0
    for name in _unnamed(storage):
        with suppress(FileNotFoundError):  # whoever kept it has thrown it away just now
            if storage.get_modified_time(name) < before:
                storage.delete(name)
                removed += 1
    if removed:
        logger.warning("Removed %s files that no row names.", removed)
    return removed


def remove_keys() -> int:
    """Destroy keys that open nothing: of interviews that were never stored, though their key was, as
    their request died. Returns how many.

    They are kept for as long as a backup may name them that is put back.
    """
    old = Key.objects.filter(made_at__lt=timezone.now() - KEYS_KEPT_FOR).order_by("pk")
    removed, after = 0, UUID(int=0)
    while ids := list(old.filter(pk__gt=after).values_list("pk", flat=True)[: store.TOGETHER]):
        after = ids[-1]
        named = Submission.objects.filter(key__in=ids).values_list("key", flat=True)
        removed += store.destroy(set(ids) - set(named))
    if removed:
        logger.warning("Destroyed %s keys that opened nothing.", removed)
    return removed


def _unnamed(storage: Storage) -> Iterator[str]:
    """Those that no row names at this moment, one folder (a month) after the other."""
    for folder, files in folders(storage):
        unnamed = {f"{folder}/{file}" for file in files}
        for name in _named_in(folder) if unnamed else ():
            unnamed.discard(name)
        yield from sorted(unnamed)


def folders(storage: Storage) -> Iterator[tuple[str, list[str]]]:
    """The folders in which files of interviews, drafts, imports and jobs are kept, each with their names."""
    return chain.from_iterable(_folders(storage, top) for top in FOLDERS)


def _folders(storage: Storage, folder: str) -> Iterator[tuple[str, list[str]]]:
    """A folder and those below it, each with the names of its files."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever kept there
        return
    yield folder, files
    for below in folders:
        yield from _folders(storage, f"{folder}/{below}")


def _named_in(folder: str) -> Iterator[str]:
    begins = f"{folder}/"
    rows: tuple[QuerySet[Any, str], ...] = (
        Attachment.objects.filter(file__startswith=begins).values_list("file", flat=True),
        Deposit.objects.filter(file__startswith=begins).values_list("file", flat=True),
        DraftFile.objects.filter(file__startswith=begins).values_list("file", flat=True),
        ImportBatch.objects.filter(file__startswith=begins).values_list("file", flat=True),
        Job.objects.filter(result__startswith=begins).values_list("result", flat=True),
    )
    return chain.from_iterable(names.iterator() for names in rows)
