"""Clients tell whether a server takes what they ask for."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.load.clients import CREATED, OK, Clients

SECONDS = 2.0
EACH_S = 0.02  # that the server needs, one after another


class Slow(BaseHTTPRequestHandler):
    one = threading.Lock()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.one:
            time.sleep(EACH_S)
        self.send_response(CREATED)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(OK)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever).start()
        yield ("127.0.0.1", server.server_port)
        server.shutdown()


def taken_at(rate: float) -> tuple[float, Clients]:
    with served() as address:
        clients = Clients(address, "/submission", "session", rate)
        threads = clients.start()
        time.sleep(SECONDS)
        taken = clients.taken()
        clients.enough.set()
        for thread in threads:
            thread.join()
    return taken, clients


def test_what_a_server_can_do_is_taken() -> None:
    taken, clients = taken_at(10)
    assert taken > 0.95
    assert not clients.tally.errors
    assert len(clients.tally.sent) >= 10 * SECONDS - 1


def test_a_queue_shows_in_what_is_taken() -> None:
    """Once all devices wait, those that come free are as many as the server takes."""
    taken, clients = taken_at(10 / EACH_S)
    assert taken < 0.5
    assert not clients.tally.errors


def test_who_was_late_is_late_no_more_at_another_rate() -> None:
    clients = Clients(("127.0.0.1", 1), "/", "", rate=100)
    time.sleep(0.2)
    assert clients.taken() < 0.1
    clients.set_rate(1)
    clients._await_turn()
    assert clients.taken() > 0.9
