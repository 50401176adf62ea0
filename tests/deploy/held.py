"""Asking a server behind a socket of this machine, as nginx asks it."""

import socket
from http.client import HTTPConnection
from pathlib import Path

PATIENCE_S = 120  # of a machine that is shared


class Held(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE_S)
        self.path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect(self.path)


def ask(path: Path, address: str) -> tuple[int, bytes]:
    """The status and the body of the answer."""
    connection = Held(path)
    connection.request("GET", address, headers={"Connection": "close"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body
