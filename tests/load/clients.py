"""Those who use the server under load: devices that send, people who look, and what they met."""

import statistics
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from tests.bench import intake
from tests.collect.device import BOUNDARY, content_type

DEVICES, VIEWERS = 24, 3
VIEW_EVERY_S = 1.0
CREATED, OK = 201, 200


@dataclass
class Tally:
    """What clients met, by what they asked for; `sent` are the ids that the server has acknowledged."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note(self, what: str, seconds: float, status: int, wanted: int) -> bool:
        self.taken[what].append(seconds)
        if status != wanted:
            self.errors.append(f"{what}: {status}")
        return status == wanted

    def p95_s(self, what: str) -> float:
        return statistics.quantiles(self.taken[what], n=20)[-1]


@dataclass
class Clients:
    """Devices that send at a rate, whoever is late, and people who look."""

    address: tuple[str, int]
    door: str
    session: str
    rate: float
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._turn = threading.Lock()
        self._since = self._due = time.perf_counter()
        self.enough = threading.Event()

    def start(self) -> list[threading.Thread]:
        works = [self.send] * DEVICES + [self.look] * VIEWERS
        threads = [threading.Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        return threads

    def set_rate(self, rate: float) -> None:
        """From now on; who was late is late no more."""
        with self._turn:
            self.rate = rate
            self._since = self._due = time.perf_counter()

    def taken(self) -> float:
        """Of what was to be sent since the rate was set, the share for which a device was free in time.

        Below 1 a queue grows before the server, and how long anything takes is the queue's length.
        """
        now = time.perf_counter()
        return min(1.0, (self._due - self._since) / (now - self._since))

    def _await_turn(self) -> float:
        """When it was due, once it is; one waits for the clock, the others for their turn."""
        with self._turn:
            self._due += 1 / self.rate
            time.sleep(max(0.0, self._due - time.perf_counter()))
            return self._due

    def send(self) -> None:
        while not self.enough.is_set():
            due = self._await_turn()
            xml = intake.interview()
            headers = {"Content-Type": content_type(BOUNDARY)}
            status = self._ask("POST", self.door, intake.request_of(xml), headers)
            if self.tally.note("submission", time.perf_counter() - due, status, CREATED):
                self.tally.sent.append(
                    xml.partition(b"<instanceID>")[2].partition(b"<")[0].decode()
                )

    def look(self) -> None:
        headers = {"Cookie": f"sessionid={self.session}"}
        while not self.enough.wait(VIEW_EVERY_S):
            began = time.perf_counter()
            status = self._ask("GET", "/admin/", None, headers)
            self.tally.note("dashboard", time.perf_counter() - began, status, OK)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
        """The status of the answer; 0 without one."""
        connection = HTTPConnection(*self.address, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()
        return response.status
