"""A device with ODK Collect, as far as a server can tell: how it greets, splits, sends and believes.

Written from the client rules in OPENROSA.md (2.4 to 2.6), which are Collect's own.
"""

import socket
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlsplit

from lxml import etree

ACCEPTED_BYTES = 10_000_000  # where a server does not say
MOST_FILES = 100  # in one request
BOUNDARY = "a1b2c3d4-5e6f-7081-92a3-b4c5d6e7f809"
XML_PART, INCOMPLETE = "xml_submission_file", "*isIncomplete*"
MESSAGE = "{http://openrosa.org/http/response}message"
PATIENCE_S = 30.0

Part = tuple[str, str, str, bytes]  # name, file name, content type, content


class State(StrEnum):
    FINALIZED = "finalized"
    FAILED = "submissionFailed"
    SENT = "submitted"


@dataclass
class Record:
    """A finished interview on the device. `said` is what the enumerator reads about it."""

    instance_id: str
    xml: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    state: State = State.FINALIZED
    said: str = ""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def sentence(self) -> str:
        """The message, blank where the body is no OpenRosaResponse."""
        try:
            return etree.fromstring(self.body).findtext(MESSAGE) or ""
        except etree.XMLSyntaxError:
            return ""


class Refused(Exception):
    """What ends an attempt; the text is what Collect shows."""


@dataclass
class Collect:
    """The app, set up for a server address; `through` is another (host, port) on the way there."""

    server_url: str
    user: str = ""
    password: str = ""
    device_id: str = "collect:fake"
    language: str = ""
    through: tuple[str, int] | None = None
    requests: int = 0

    def send(self, record: Record) -> State:
        """Try to send a record. Only 201 or 202 to its last request makes it sent."""
        record.state = State.FAILED  # before anything is sent: the app may be killed at any moment
        try:
            target, accepted = self._greet()
            for parts in batches(record, accepted):
                record.said = self._post(target, parts)
            record.state = State.SENT
        except Refused as reason:
            record.said = str(reason)
        except (OSError, HTTPException) as error:
            record.said = f"{type(error).__name__}: {error}"
        return record.state

    def _greet(self) -> tuple[str, int]:
        """Where to send to and how much at once, as the server says when asked with HEAD."""
        target = f"{self.server_url}/submission?deviceID={quote(self.device_id)}"
        answer = self.request("HEAD", target)
        if answer.status == 401:
            raise Refused("Authentication needed")
        if answer.status == 204:
            length = answer.headers.get("x-openrosa-accept-content-length", "")
            accepted = int(length) if length.isdecimal() else ACCEPTED_BYTES
            return self._moved(target, answer.headers.get("location")), accepted
        if 200 <= answer.status < 300:
            raise Refused("Is this an OpenRosa submission endpoint?")
        return target, ACCEPTED_BYTES

    @staticmethod
    def _moved(target: str, location: str | None) -> str:
        if not location:
            return target
        if urlsplit(location).hostname != urlsplit(target).hostname:
            raise Refused("Unexpected redirection attempt to a different host")
        return location

    def _post(self, target: str, parts: list[Part]) -> str:
        answer = self.request("POST", target, body_of(parts), content_type(BOUNDARY))
        if answer.status in (201, 202):
            return answer.sentence
        if answer.status == 200:
            raise Refused("Network login failure?")
        if answer.status == 400 and not answer.sentence:
            raise Refused("Make sure the form is configured to accept submissions")
        raise Refused(answer.sentence or f"Error {answer.status}")

    def request(
        self, method: str, target: str, body: bytes | None = None, type_: str = ""
    ) -> Answer:
        """One request on a connection of its own."""
        address = urlsplit(target)
        host, port = self.through or (address.hostname or "", address.port or 80)
        connection = HTTPConnection(host, port, timeout=PATIENCE_S)
        self.requests += 1
        try:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            headers = self._headers(address.netloc, type_)
            connection.request(method, f"{address.path}?{address.query}", body, headers)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def _headers(self, host: str, type_: str) -> dict[str, str]:
        headers = {
            "Host": host,
            "User-Agent": "org.odk.collect.android/v2026.2.0 Dalvik/2.1.0",
            "X-OpenRosa-Version": "1.0",
            "Date": "Fri, 27 Nov 2026 03:35:20 GMT",  # Collect writes hours of 12
            "Connection": "close",
        }
        if type_:
            headers["Content-Type"] = type_
        if self.language:
            headers["Accept-Language"] = self.language
        if self.user:
            pair = b64encode(f"{self.user}:{self.password}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        return headers


def batches(record: Record, accepted: int) -> Iterator[list[Part]]:
    """The parts of each request: the whole XML every time, and as many files as fit."""
    left = list(record.files.items())
    while True:
        parts, size = [_xml_part(record)], len(record.xml)
        while left and len(parts) <= MOST_FILES:
            name, content = left[0]
            if len(parts) > 1 and size + len(content) > accepted:
                break
            size += len(content)
            parts.append((name, name, "application/octet-stream", content))
            left.pop(0)
        if left:
            parts.append((INCOMPLETE, "", "text/plain", b"yes"))
        yield parts
        if not left:
            return


def _xml_part(record: Record) -> Part:
    return XML_PART, f"{record.instance_id}.xml", "text/xml", record.xml


def content_type(boundary: str) -> str:
    return f"multipart/form-data; boundary={boundary}"


def body_of(parts: list[Part], boundary: str = BOUNDARY) -> bytes:
    """Parts as OkHttp writes them, names in UTF-8."""
    written = []
    for name, file_name, type_, content in parts:
        given = f'; filename="{_quoted(file_name)}"' if file_name else ""
        written.append(
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{_quoted(name)}"{given}\r\n'
            f"Content-Type: {type_}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
            + b"\r\n"
        )
    return b"".join((*written, f"--{boundary}--\r\n".encode()))


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
