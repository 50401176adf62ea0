"""A mobile network: between device and server it drops, delays, doubles and cuts what it carries."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import TypeAlias

Address: TypeAlias = tuple[str, int]

HEAD_END = b"\r\n\r\n"
CHUNK = 65_536
LONGEST_DELAY_S = 0.2
PATIENCE_S = 60.0


class Fate(StrEnum):
    """What happens to a request on its way, or to its answer on the way back."""

    PASSED = "passed"
    DELAYED = "delayed"
    DROPPED = "dropped before the server"
    CUT = "cut on its way to the server"
    DOUBLED = "sent twice at once"
    ANSWER_LOST = "answer lost"
    ANSWER_CUT = "answer cut"


WEIGHTS = {
    Fate.PASSED: 14,
    Fate.DELAYED: 2,
    Fate.DROPPED: 1,
    Fate.CUT: 1,
    Fate.DOUBLED: 1,
    Fate.ANSWER_LOST: 1,
    Fate.ANSWER_CUT: 1,
}


@dataclass
class Network:
    """The way to a server at `target`; `address` is where devices connect to."""

    target: Address
    random: Random
    address: Address = ("", 0)
    met: Counter[Fate] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fate(self) -> tuple[Fate, float]:
        """The next request's, and how much of it: a share from 0 to 1."""
        with self.lock:
            (drawn,) = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            self.met[drawn] += 1
            return drawn, self.random.random()

    def carry(self, device: socket.socket) -> None:
        """One request with its answer; devices open a connection for each."""
        sent = received(device)
        fate, share = self.fate()
        if fate is Fate.DROPPED:
            return
        if fate is Fate.DELAYED:
            time.sleep(share * LONGEST_DELAY_S)
        if fate is Fate.CUT:
            ask(self.target, sent[: int(len(sent) * share)])
            return
        if fate is Fate.DOUBLED:
            twin = threading.Thread(target=ask, args=(self.target, sent))
            twin.start()
            answer = ask(self.target, sent)
            twin.join()
        else:
            answer = ask(self.target, sent)
        if fate is Fate.ANSWER_LOST:
            return
        device.sendall(answer[: int(len(answer) * share)] if fate is Fate.ANSWER_CUT else answer)


def ask(server: Address, sent: bytes) -> bytes:
    """The server's answer to what arrives, if it gives one."""
    with suppress(OSError), socket.create_connection(server, PATIENCE_S) as way:
        way.sendall(sent)
        way.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: way.recv(CHUNK), b""))
    return b""


def received(device: socket.socket) -> bytes:
    """A whole request, by the length that its head says."""
    data = b""
    while HEAD_END not in data:
        data += _next(device)
    head, _, body = data.partition(HEAD_END)
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].partition(b":")[2]) - len(body) if lengths else 0
    pieces = [data]
    while missing > 0:
        pieces.append(_next(device))
        missing -= len(pieces[-1])
    return b"".join(pieces)


def _next(device: socket.socket) -> bytes:
    data = device.recv(CHUNK)
    if not data:
        raise ConnectionError
    return data


@contextmanager
def network(target: Address, seed: int) -> Iterator[Network]:
    """A bad one; the same seed draws the same fates, in the order in which requests come."""
    way = Network(target, Random(seed))
    with carried(way.carry) as way.address:
        yield way


@contextmanager
def carried(carry: Callable[[socket.socket], None]) -> Iterator[Address]:
    """An address of this machine whose connections are carried on, each in a thread of its own."""

    class Carrier(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                carry(self.request)

    class Server(ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Carrier) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[:2]  # type: ignore[misc]
        server.shutdown()
        thread.join()
