"""The network between phone and server: there, gone or silent, and cut in the middle when it was told to."""

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from tests.collect.network import Address, ask, carried, received

LOOK_S = 0.1


class Line(StrEnum):
    """How the network is."""

    ON = "on"
    GONE = "gone"  # connections end at once
    SILENT = "silent"  # nothing comes back


class Where(StrEnum):
    """At which point something is cut."""

    REQUEST = "in the middle of the request"
    UNANSWERED = "before the answer"
    ANSWER = "in the middle of the answer"


@dataclass(frozen=True)
class Cut:
    """The next request to such an address is cut after a share of its bytes, from 0 to 1."""

    path: str  # a regular expression
    where: Where
    share: float


@dataclass
class Network:
    """The way to a server at `target`; `address` is where phones connect to."""

    target: Address
    address: Address = ("", 0)
    line: Line = Line.ON
    cuts: list[Cut] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, phone: socket.socket) -> None:
        """One request with its answer; then the connection ends."""
        sent = received(phone)
        if not self.is_open():
            return
        cut = self.cut_for(sent)
        if cut and cut.where is Where.REQUEST:
            ask(self.target, sent[: int(len(sent) * cut.share)])
            return
        answer = ask(self.target, sent.replace(b"Connection: keep-alive", b"Connection: close", 1))
        if not self.is_open() or (cut and cut.where is Where.UNANSWERED):
            return
        phone.sendall(answer[: int(len(answer) * cut.share)] if cut else answer)

    def is_open(self) -> bool:
        """Whether something gets through; while it is silent, nobody learns."""
        silence = threading.Event()
        was_silent = self.line is Line.SILENT
        while self.line is Line.SILENT:
            silence.wait(LOOK_S)
        return self.line is Line.ON and not was_silent

    def cut_for(self, sent: bytes) -> Cut | None:
        path = sent.split(b" ", 2)[1].decode("latin-1")
        with self.lock:
            cut = next((one for one in self.cuts if re.search(one.path, path)), None)
            if cut:
                self.cuts.remove(cut)
                self.met[cut.where] += 1
        return cut

    def mend(self) -> None:
        """All gets through again."""
        self.line = Line.ON
        with self.lock:
            self.cuts.clear()


@contextmanager
def network(target: Address) -> Iterator[Network]:
    way = Network(target)
    with carried(way.carry) as way.address:
        yield way
