"""The people of a fault run, in a process of their own: devices and pages at work until it is enough.

`python -m tests.faults.people` reads what there is from its input as a line of JSON. At the next line nobody
begins anything more; what is begun is ended, and everything that the server has acknowledged is written to
the output.
"""

import json
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tests.collect.device import Collect, Record, State  # noqa: E402  # after Django
from tests.collect.fieldwork import AUDIT, photos, record  # noqa: E402
from tests.collect.network import network  # noqa: E402
from tests.faults.browser import Browser  # noqa: E402

DEVICES, PAGES = 3, 2
PAUSE_S = 0.3
LAST_S = 300.0  # for what is left, when everything is well again


@dataclass
class Phone:
    """A device with Collect, and what is on it."""

    device: Collect
    random: Random
    records: list[Record] = field(default_factory=list)

    def work(self) -> None:
        files = photos(self.random.choice((0, 0, 1, 3)), size=self.random.randint(10, 5_000))
        if self.random.random() < 0.5:
            files["audit.csv"] = AUDIT
        made = str(UUID(int=self.random.getrandbits(128), version=4))
        age = str(self.random.randint(16, 89))
        self.records.append(record(files, instance_id=f"uuid:{made}", age=age))
        for one in self.left():
            self.device.send(one)

    def end(self) -> int:
        """Send what is left; how much is left then."""
        for one in self.left():
            self.device.send(one)
        return len(self.left())

    def left(self) -> list[Record]:
        return [one for one in self.records if one.state != State.SENT]


def main() -> None:
    given = json.loads(sys.stdin.readline())
    enough = threading.Event()
    address = urlsplit(given["url"])
    with network((str(address.hostname), address.port or 80), given["seed"]) as way:
        phones = [phone(given, at, way.address) for at in range(DEVICES)]
        pages = [page(given, at) for at in range(PAGES)]
        workers = [threading.Thread(target=toil, args=(one, enough)) for one in (*phones, *pages)]
        for worker in workers:
            worker.start()
        sys.stdin.readline()
        enough.set()
        for worker in workers:
            worker.join()
    sys.stdout.write(json.dumps(ledger(phones, pages)) + "\n")


def phone(given: dict[str, Any], at: int, through: tuple[str, int]) -> Phone:
    url = given["url"] + given["path"]
    device = Collect(url, device_id=f"collect:{at}", through=through)
    return Phone(device, Random(f"{given['seed']} phone {at}"))


def page(given: dict[str, Any], at: int) -> Browser:
    random = Random(f"{given['seed']} page {at}")
    return Browser(given["url"], given["user"], given["version"], given["site"], random)


def toil(one: Phone | Browser, enough: threading.Event) -> None:
    while not enough.is_set():
        one.work()
        time.sleep(one.random.uniform(0, 2 * PAUSE_S))
    deadline = time.monotonic() + LAST_S
    while time.monotonic() < deadline and one.end():
        time.sleep(PAUSE_S)


def ledger(phones: list[Phone], pages: list[Browser]) -> dict[str, Any]:
    """What the server is held to."""
    return {
        "records": [
            {
                "id": one.instance_id,
                "is_sent": one.state == State.SENT,
                "said": one.said,
                "sha256": sha256(one.xml).hexdigest(),
                "files": {name: sha256(body).hexdigest() for name, body in one.files.items()},
            }
            for phone in phones
            for one in phone.records
        ],
        "drafts": [
            asdict(draft) | {"here": page.age_of(draft)} for page in pages for draft in page.drafts
        ],
    }


if __name__ == "__main__":
    main()
