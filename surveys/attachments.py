"""The files of interviews: expected by name, kept when they arrive, carried into later versions."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files import File

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Attachment, Submission
from surveys.xforms.instance import without_controls

LONGEST_NAME = 255
LONGEST_SUFFIX = 8


class OtherFile(SurveyError):
    """Another file under a name that is taken."""

    status = 409


@dataclass(frozen=True)
class Arrival:
    """A file that has come, under the name by which its interview calls it."""

    name: str
    sha256: str
    file: "File[bytes]"


def arrived(file: "File[bytes]") -> Arrival:
    """What has come; of a path that a device may give, only the name counts."""
    name = PurePosixPath((file.name or "").replace("\\", "/")).name
    return Arrival(without_controls(name)[:LONGEST_NAME], _sha256(file), file)


def expect(submission: Submission, names: Iterable[str]) -> None:
    """Note the files that an interview names, before they arrive."""
    rows = [Attachment(submission=submission, name=name[:LONGEST_NAME]) for name in names]
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)


def carry(submission: Submission, earlier: Submission) -> None:
    """Let a later version have the files that it still names from an earlier one."""
    there = {kept.name: kept for kept in earlier.attachments.filter(file__gt="")}
    for expected in submission.attachments.filter(name__in=there, file=""):
        kept = there[expected.name]
        expected.file, expected.sha256, expected.size = kept.file.name, kept.sha256, kept.size
        expected.save()


def add(submission: Submission, arrivals: Collection[Arrival]) -> int:
    """Keep the files that are not here yet; returns how many. Raises OtherFile, and keeps none then.

    The caller holds the submission's row: two requests with files of one interview come in turn.
    """
    here = {kept.name: kept for kept in submission.attachments.all()} if arrivals else {}
    new: dict[str, Arrival] = {}
    for arrival in arrivals:
        if new.setdefault(arrival.name, arrival).sha256 != arrival.sha256:
            raise _other_file(arrival.name)
        if not _is_new(arrival, here.get(arrival.name)):
            del new[arrival.name]
    for name, arrival in new.items():
        _keep(here.get(name) or Attachment(submission=submission, name=name), arrival)
    return len(new)


def hashes_of(submission: Submission) -> dict[str, str]:
    """The SHA-256 of each file of an interview by its name, blank while it has not arrived."""
    return dict(submission.attachments.order_by("pk").values_list("name", "sha256"))


def _is_new(arrival: Arrival, kept: Attachment | None) -> bool:
    """Whether it is to be kept: what was carried from an earlier version gives way to what comes."""
    if kept is None or not kept.file:
        return True
    if kept.sha256 == arrival.sha256:
        return False
    if Attachment.objects.filter(file=kept.file.name, pk__lt=kept.pk).exists():
        return True
    raise _other_file(arrival.name)


def _keep(attachment: Attachment, arrival: Arrival) -> None:
    """Store a file by its content: names of devices are longer and stranger than a disk may like."""
    suffix = PurePosixPath(arrival.name).suffix[:LONGEST_SUFFIX]
    plain = suffix if suffix[1:].isascii() and suffix[1:].isalnum() else ""
    attachment.sha256, attachment.size = arrival.sha256, arrival.file.size
    attachment.file.save(arrival.sha256 + plain.lower(), arrival.file, save=False)
    attachment.save()


def _other_file(name: str) -> OtherFile:
    return OtherFile(
        gettext_noop(
            "Another file %(name)s was already received with this interview. "
            "Keep yours and show it to your supervisor."
        ),
        name=name,
    )


def _sha256(file: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
