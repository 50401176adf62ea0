"""Proof of erasures: everything is looked through for ids and checksums of what was erased."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeAlias
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Model, Q
from django.db.models.functions import Cast
from django.utils import timezone

from surveys import orphans
from surveys.copies import draft_id_in
from surveys.keys import store
from surveys.keys.models import Key
from surveys.models import Draft, ErasedVersion, Job, Tombstone, WebhookDelivery

TOGETHER = 20  # tombstones whose ids are looked for at one time
KEPT = (Tombstone, ErasedVersion, WebhookDelivery)  # ids only; other servers were told of them
TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)


@dataclass(frozen=True)
class Remnant:
    """Something of an erased interview: in which table or folder, in which row or file, which id,
    checksum or key it was found by.
    """

    table: str
    row: str
    found: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.found}"


Look: TypeAlias = Callable[[Sequence[Tombstone]], Iterator[Remnant]]
LOOKS: list[Look] = []  # into what other applications have made of interviews


def verify(tombstones: Collection[Tombstone]) -> list[Remnant]:
    """What is left of erased interviews, anywhere; where nothing is, the tombstones say since when.

    Reads every table and lists every file: minutes for a million interviews.
    """
    found: list[Remnant] = []
    listed = sorted(tombstones, key=lambda one: one.pk)
    for start in range(0, len(listed), TOGETHER):
        some = listed[start : start + TOGETHER]
        left = list(of(some))
        found += left
        if not left:
            keys = [one.pk for one in some]
            Tombstone.objects.filter(pk__in=keys).update(verified_at=timezone.now())
    return found


def of(tombstones: Sequence[Tombstone]) -> Iterator[Remnant]:
    """What is left of some erased interviews."""
    versions = list(ErasedVersion.objects.filter(tombstone__in=tombstones))
    ids = {one.instance_id for one in versions} | {one.root_uuid for one in tombstones}
    hashes = {one.xml_sha256 for one in versions}
    files = {checksum for one in versions for checksum in one.files.values()}
    yield from _in_tables({_bare(one) for one in ids} | hashes | files)
    yield from _in_drafts(ids)
    yield from _in_files(hashes | files)
    yield from _in_exports(tombstones)
    yield from _in_keys(tombstones)
    for look in LOOKS:
        yield from look(tombstones)


def _bare(instance_id: str) -> str:
    return instance_id.removeprefix("uuid:")


def _in_tables(needles: Collection[str]) -> Iterator[Remnant]:
    whole = re.compile("|".join(rf"(?<![\w-]){re.escape(one)}(?![\w-])" for one in sorted(needles)))
    for model, name in _texts():
        for key, text in _rows_with(model, name, needles):
            for found in sorted(set(whole.findall(text))):
                yield Remnant(model._meta.db_table, f"{key} {name}", found)


def _texts() -> Iterator[tuple[type[Model], str]]:
    """The columns of all tables that may hold an id or a checksum, and must not."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields if model not in KEPT else ():
            if isinstance(field, TEXTS):
                yield model, field.attname


def _rows_with(
    model: type[Model], name: str, needles: Collection[str]
) -> Iterator[tuple[Any, str]]:
    """Keys and texts of the rows that have one of the needles in a column, found by the database."""
    rows = model._default_manager.annotate(said=Cast(name, models.TextField()))
    ways = (Q(said__contains=one) for one in needles)
    return rows.filter(reduce(or_, ways)).order_by().values_list("pk", "said").iterator()


def _in_drafts(ids: Collection[str]) -> Iterator[Remnant]:
    """A draft is what its interview is called; keys of that kind are no texts."""
    keys = [key for key in map(draft_id_in, sorted(ids)) if key]
    for key in Draft.objects.filter(pk__in=keys).values_list("pk", flat=True):
        yield Remnant(Draft._meta.db_table, str(key), str(key))


def _in_files(hashes: Collection[str]) -> Iterator[Remnant]:
    """Files of interviews are called by their checksums."""
    for folder, names in orphans.folders(default_storage):
        for name in names:
            if (checksum := name[:64]) in hashes:
                yield Remnant(folder, name, checksum)


def _in_exports(tombstones: Sequence[Tombstone]) -> Iterator[Remnant]:
    """Files that were made before, and are not deleted yet."""
    for tombstone in tombstones:
        for name in tombstone.files:
            if default_storage.exists(name):
                yield Remnant("files", name, str(tombstone))
        keys = [one["job"] for one in tombstone.exports]
        for key in Job.objects.filter(pk__in=keys).exclude(result="").values_list("pk", flat=True):
            yield Remnant(Job._meta.db_table, str(key), str(tombstone))


def _in_keys(tombstones: Sequence[Tombstone]) -> Iterator[Remnant]:
    """Keys that should be destroyed: a copy somewhere could still be read."""
    ids = [UUID(key) for one in tombstones for key in one.keys or ()]
    for key_id in store.here(ids):
        yield Remnant(Key._meta.db_table, str(key_id), str(key_id))
