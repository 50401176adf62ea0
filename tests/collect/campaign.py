"""Many devices send many interviews over a bad network, until each believes that all are sent."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from surveys.models import Attachment, Interview, Submission
from tests.collect.device import Collect, Record, State
from tests.collect.fieldwork import AUDIT, photos, record
from tests.factories import content_of

MOST_ATTEMPTS = 60
EDITED = 5  # one in so many is corrected on the device and sent again
FORGOTTEN = 10  # of one in so many, a picture was deleted from the device


@dataclass(frozen=True)
class Sent:
    """How a campaign went: requests, attempts, and what never arrived."""

    records: Sequence[Record]
    requests: int
    attempts: int


def records(count: int, most_files: int, random: Random) -> list[Record]:
    """Interviews with up to so many small files; every fifth with a correction of it after it."""
    found: list[Record] = []
    for number in range(count):
        files = photos(random.choice((0, 0, 1, 2, 5, 20, most_files)), size=random.randint(1, 200))
        files = {name: body + f"{number}".encode() for name, body in files.items()}
        if number % 2:
            files["audit.csv"] = AUDIT + f"{number}".encode()
        mine = record(files, instance_id=f"uuid:{number}", age=str(random.randint(16, 89)))
        if files and number % FORGOTTEN == 0:
            mine.files = dict(list(files.items())[1:])
        found.append(mine)
        if number % EDITED == EDITED - 1:
            edit = record(
                files,
                instance_id=f"uuid:{number}-b",
                deprecated_id=mine.instance_id,
                age=str(random.randint(16, 89)),
            )
            found.append(edit)
    return found


def send(devices: Sequence[Collect], found: Sequence[Record]) -> Sent:
    """Each device sends its share, one interview after the other, and again what has failed."""
    shares = [shared(found, at, len(devices)) for at in range(len(devices))]
    with ThreadPoolExecutor(len(devices)) as pool:
        attempts = sum(pool.map(_send_all, devices, shares))
    return Sent(found, sum(device.requests for device in devices), attempts)


def shared(found: Sequence[Record], at: int, devices: int) -> list[Record]:
    """The interviews of a device; a correction is on the device of what it corrects."""
    return [one for one in found if _number(one) % devices == at]


def _number(one: Record) -> int:
    return int(one.instance_id.removeprefix("uuid:").removesuffix("-b"))


def _send_all(device: Collect, mine: Sequence[Record]) -> int:
    attempts = 0
    for _ in range(MOST_ATTEMPTS):
        left = [one for one in mine if one.state != State.SENT]
        if not left:
            break
        for one in left:
            attempts += 1
            device.send(one)
    return attempts


def differences(found: Sequence[Record]) -> Iterator[str]:
    """Whatever a device believes sent and the server has not, has otherwise or has twice."""
    for one in found:
        if one.state != State.SENT:
            yield f"{one.instance_id} was never sent: {one.said}"
            continue
        stored = list(Submission.objects.filter(instance_id=one.instance_id))
        hashes = [submission.xml_sha256 for submission in stored]
        if hashes != [sha256(one.xml).hexdigest()]:
            yield f"{one.instance_id} is there {len(stored)} times"
        elif bytes(stored[0].xml) != one.xml:
            yield f"{one.instance_id} has another XML"
        else:
            yield from _other_files(one, stored[0])
    if extra := Submission.objects.count() - len(found):
        yield f"{extra} interviews too many"
    if extra := Interview.objects.count() - sum("-b" not in one.instance_id for one in found):
        yield f"{extra} conversations too many"


def _other_files(one: Record, stored: Submission) -> Iterator[str]:
    named = {name: "" for name in one.xml.decode().split(">") if name.endswith("</photo")}
    expected = {name.removesuffix("</photo"): None for name in named}
    wanted = expected | {name: sha256(body).hexdigest() for name, body in one.files.items()}
    kept = {row.name: _hash_of(row) for row in stored.attachments.all()}
    if wanted != kept:
        yield f"{one.instance_id} has other files: {set(wanted.items()) ^ set(kept.items())}"


def _hash_of(row: Attachment) -> str | None:
    """Of the bytes on the disk, None where the file is expected."""
    return sha256(content_of(row)).hexdigest() if row.file else None
