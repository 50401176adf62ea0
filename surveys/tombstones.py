"""Ids of erased interviews: known when they come again, told to who asks what was erased when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from surveys.models import ErasedVersion, Questionnaire, Survey, Tombstone
from surveys.xforms.instance import Instance


@dataclass(frozen=True)
class Erased:
    """An interview that was erased: the SHA-256 of its id and when. For whoever has older files."""

    id_sha256: str
    erased_at: datetime


def hold(questionnaire: Questionnaire, ids: Collection[str]) -> bool:
    """Whether an interview under one of the ids was erased. Where none ever was, which the
    questionnaire's row says, nothing is asked of the database.
    """
    return questionnaire.has_erased and _of(questionnaire, ids).exists()


def _of(questionnaire: Questionnaire, ids: Collection[str]) -> QuerySet[ErasedVersion]:
    names = [one for one in ids if one]
    return ErasedVersion.objects.filter(questionnaire=questionnaire, instance_id__in=names)


@transaction.atomic
def note(
    questionnaire: Questionnaire, instance: Instance, files: Mapping[str, str], now: datetime
) -> ErasedVersion:
    """Note that an erased interview came again, or a correction of it: id and checksums, no more.

    `files` has the checksums of those that came along, by name.
    """
    known = _of(questionnaire, (instance.instance_id, instance.deprecated_id))
    version, _created = ErasedVersion.objects.get_or_create(
        questionnaire=questionnaire,
        instance_id=instance.instance_id,
        xml_sha256=instance.sha256,
        defaults={"tombstone_id": known.order_by("pk")[0].tombstone_id, "received_at": now},
    )
    version.files = {**named_by_hash(files), **version.files}
    version.came_again_at = now
    version.save(update_fields=["files", "came_again_at"])
    return version


def named_by_hash(files: Mapping[str, str]) -> dict[str, str]:
    """Checksums of files as `ErasedVersion` keeps them, of those that have come."""
    return {hash_of(name): checksum for name, checksum in files.items() if checksum}


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def erased_between(
    survey: Survey, since: datetime | None = None, until: datetime | None = None
) -> list[Erased]:
    """What was erased after `since` and up to `until`, in order, for the notes of a package: who has
    an older one finds by the hash of the id what to delete there.
    """
    found = Tombstone.objects.filter(questionnaire__survey=survey)
    found = found.filter(erased_at__lte=until or timezone.now())
    if since is not None:
        found = found.filter(erased_at__gt=since)
    rows = found.order_by("erased_at", "pk").values_list("root_uuid", "erased_at")
    return [Erased(hash_of(root), erased_at) for root, erased_at in rows]


def erased_from(
    found: QuerySet[Tombstone], since: datetime | None, key: int, until: datetime
) -> QuerySet[Tombstone]:
    """Of the tombstones those made from a moment on, of that moment those behind a key, and before
    another moment; in order.
    """
    found = found.filter(erased_at__lt=until)
    if since is not None:
        found = found.filter(erased_at__gte=since).exclude(erased_at=since, pk__lte=key)
    return found.order_by("erased_at", "pk")
