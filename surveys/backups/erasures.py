"""Erasures outside the database: written down as lines, and done again after an older backup came back.

A line has ids and checksums and nothing that anybody answered.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from surveys import erasure
from surveys.backups.errors import BackupError
from surveys.errors import gettext_noop
from surveys.keys import store
from surveys.models import ErasedVersion, Interview, Questionnaire, Site, Tombstone, Wave

Line: TypeAlias = dict[str, Any]
VERSION = ("instance_id", "xml_sha256", "files")
TOGETHER = 500  # tombstones that are read at one time


@dataclass(frozen=True)
class Again:
    """What came of a list of erasures: interviews erased again, and those that were not here."""

    erased: int
    noted: int


def write(file: IO[str], since: datetime | None = None) -> int:
    """Write what was erased after a moment, or ever, a line of JSON each; returns how many."""
    rows = Tombstone.objects.order_by("erased_at", "pk")
    if since:
        rows = rows.filter(erased_at__gt=since)
    rows = rows.select_related("questionnaire__survey", "wave", "site")
    rows = rows.prefetch_related("versions__questionnaire")
    count = 0
    for tombstone in rows.iterator(TOGETHER):
        file.write(json.dumps(_line(tombstone), ensure_ascii=False) + "\n")
        count += 1
    return count


def _line(tombstone: Tombstone) -> Line:
    return {
        "survey": tombstone.questionnaire.survey.code,
        "form": tombstone.questionnaire.form_id,
        "wave": tombstone.wave.number if tombstone.wave else None,
        "site": tombstone.site.code if tombstone.site else None,
        "root_uuid": tombstone.root_uuid,
        "received_at": tombstone.received_at.isoformat(),
        "erased_at": tombstone.erased_at.isoformat(),
        "reason": tombstone.reason,
        "with_contacts": tombstone.with_contacts,
        "counts": tombstone.counts,
        "keys": tombstone.keys or [],
        "versions": [
            {
                "form": one.questionnaire.form_id,
                "received_at": one.received_at.isoformat(),
                **{name: getattr(one, name) for name in VERSION},
            }
            for one in tombstone.versions.all()
        ],
    }


def do_again(lines: Iterable[str]) -> Again:
    """Erase what the lines name wherever it is here, and remember the rest as erased, so that devices
    that send it are told so; keys of either are destroyed. Twice is once. Raises BackupError for what is no such list.
    """
    erased = noted = 0
    for line in _parsed(lines):
        questionnaire = _questionnaire(line["survey"], line["form"])
        if questionnaire is None:
            continue  # a survey that was begun later than the backup
        if _erase(questionnaire, line):
            erased += 1
        else:
            noted += _remember(questionnaire, line)
        # A file of keys may have brought them back.
        store.destroy([UUID(one) for one in line.get("keys", ())])
    return Again(erased, noted)


def _parsed(lines: Iterable[str]) -> Iterator[Line]:
    for number, text in enumerate(lines, start=1):
        try:
            line = json.loads(text)
            _ids_in(line), line["survey"], line["form"], line["erased_at"]
        except (ValueError, KeyError, TypeError) as error:
            message = gettext_noop(
                "Line %(number)s is no erasure as `manage.py erasures` writes it."
            )
            raise BackupError(message, number=number) from error
        yield line


def _ids_in(line: Line) -> set[str]:
    """Of an interview that was erased twice, the second time has no version of its own."""
    return {line["root_uuid"], *(one["instance_id"] for one in line["versions"])}


def _questionnaire(survey: str, form: str) -> Questionnaire | None:
    return Questionnaire.objects.filter(survey__code=survey, form_id=form).first()


@transaction.atomic
def _erase(questionnaire: Questionnaire, line: Line) -> bool:
    """Erase the interviews that have one of the ids; says whether there was one."""
    here = Interview.objects.filter(
        questionnaire__survey=questionnaire.survey_id,
        submissions__instance_id__in=_ids_in(line),
    )
    is_root = Q(questionnaire=questionnaire, root_uuid=line["root_uuid"])
    found = False
    while interview := here.filter(is_root).first() or here.first():  # the others go with it
        tombstone = erasure.erase(
            interview.pk,
            by=None,
            reason=Tombstone.Reason(line["reason"]),
            with_contacts=line["with_contacts"],
        )
        found = True
        tombstone.erased_at = datetime.fromisoformat(line["erased_at"])
        tombstone.save(update_fields=["erased_at"])
        _remember_versions(tombstone, line)
    return found


@transaction.atomic
def _remember(questionnaire: Questionnaire, line: Line) -> bool:
    """A tombstone for what came after the backup and was erased; says whether there was none."""
    if Tombstone.objects.filter(questionnaire=questionnaire, root_uuid=line["root_uuid"]).exists():
        return False
    survey = questionnaire.survey_id
    tombstone = Tombstone.objects.create(
        questionnaire=questionnaire,
        wave=Wave.objects.filter(survey=survey, number=line["wave"]).first(),
        site=Site.objects.filter(survey=survey, code=line["site"]).first(),
        root_uuid=line["root_uuid"],
        received_at=datetime.fromisoformat(line["received_at"]),
        erased_at=datetime.fromisoformat(line["erased_at"]),
        reason=line["reason"],
        with_contacts=line["with_contacts"],
        counts=line["counts"],
        keys=line.get("keys", []),
    )
    _remember_versions(tombstone, line)
    return True


def _remember_versions(tombstone: Tombstone, line: Line) -> None:
    versions = list(_versions(tombstone, line))
    ErasedVersion.objects.bulk_create(versions, ignore_conflicts=True)
    touched = {one.questionnaire_id for one in versions} | {tombstone.questionnaire_id}
    Questionnaire.objects.filter(pk__in=touched).update(has_erased=True)


def _versions(tombstone: Tombstone, line: Line) -> Iterator[ErasedVersion]:
    for one in line["versions"]:
        questionnaire = _questionnaire(line["survey"], one["form"])
        if questionnaire is not None:
            yield ErasedVersion(
                tombstone=tombstone,
                questionnaire=questionnaire,
                received_at=datetime.fromisoformat(one["received_at"]),
                **{name: one[name] for name in VERSION},
            )
