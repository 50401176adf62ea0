"""Bodies that nobody's device sends: each gets a status and a sentence, within a second and 300 MB.

An unknown form and an unknown version are in `test_table.py`.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from surveys.models import Attachment, Submission
from tests.collect.device import (
    BOUNDARY,
    XML_PART,
    Answer,
    Collect,
    Part,
    Record,
    body_of,
    content_type,
)
from tests.collect.fieldwork import photos, record
from tests.collect.posts import post, post_body
from tests.collect.web import Web

WITHIN_CPU_S = 2.0  # of the server; one on the machine that these were measured on
WITHIN_S = 15.0  # where the suite's runs share two cores
WITHIN_MB = 300.0
GOOD = record().xml.decode()
META = "<meta><instanceID>uuid:h</instanceID></meta>"
LOL = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))


def data(inside: str, version: str = "1") -> bytes:
    return f'<data id="visit" version="{version}">{inside}{META}</data>'.encode()


def typed(encoding: str) -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY a0 "lol">{LOL}]>'
        '<data id="visit" x="&a12;">&a12;</data>'
    )


BROKEN, DECLARES, TOO_MUCH = "XML is broken", "declares a document type", "too deep or too large"
REFUSED: dict[str, tuple[str, bytes]] = {  # what the sentence says, and what is sent
    "no XML": (BROKEN, b"hello"),
    "nothing": (BROKEN, b""),
    "cut in half": (BROKEN, GOOD[: len(GOOD) // 2].encode()),
    "mismatched tags": (BROKEN, data("<age>30</ege>")),
    "invalid UTF-8": (BROKEN, data("<age>3\xff0</age>").replace("ÿ".encode(), b"\xff")),
    "NUL": (BROKEN, data("<age>3\x000</age>")),
    "control characters": (BROKEN, data("<age>3\x010</age>")),
    "references to control characters": (BROKEN, data("<age>3&#1;0</age>")),
    "entities": (DECLARES, typed("UTF-8").encode()),
    "entities in UTF-16": (BROKEN, typed("UTF-16").encode("utf-16")),
    "external DTD": (DECLARES, b'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/d.dtd">' + data("")),
    "external entity": (
        DECLARES,
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + data("&e;"),
    ),
    "10,000 levels": (BROKEN, data("<g>" * 10_000 + "</g>" * 10_000)),
    "200,000 nested": (TOO_MUCH, data("<g>" * 200_000 + "</g>" * 200_000)),
    "20,000 repeats": (TOO_MUCH, data("<room><photo/></room>" * 20_000)),
    "100 MB attribute": (TOO_MUCH, data(f'<g a="{"x" * 99_000_000}"/>')),
    "300,000 attributes": (
        TOO_MUCH,
        data("<g " + " ".join(f'a{n}="1"' for n in range(300_000)) + "/>"),
    ),
    "long id": ("too long", data("").replace(b"uuid:h", b"u" * 300)),
    "no id": ("which form", b"<data>" + META.encode() + b"</data>"),
    "UTF-16 that is none": (BROKEN, b"<?xml version='1.0' encoding='UTF-16'?><data id='visit'/>"),
}
STORED: dict[str, bytes] = {
    "UTF-16": ("<?xml version='1.0' encoding='UTF-16'?>" + data("").decode()).encode("utf-16"),
    "4,000 repeats": data("<room><photo>a.jpg</photo></room>" * 4_000),
    "19,000 answers of an unknown version": data("<a>x</a>" * 19_000, version="0"),
    "6,000 names of files": data(
        "".join(f"<room><photo>{n}.jpg</photo></room>" for n in range(6_000))
    ),
    "a text of 4 MB": data(f"<age>{'9' * 4_000_000}</age>"),
}


@pytest.fixture(autouse=True)
def frugal(web: Web) -> Iterator[None]:
    """Whatever is sent, no process of the server takes more memory than it may."""
    yield
    assert web.peak_mb() < WITHIN_MB


def timed(web: Web, work: Callable[[], Answer]) -> Answer:
    begun, spent = time.monotonic(), web.cpu_s()
    answer = work()
    assert web.cpu_s() - spent < WITHIN_CPU_S
    assert time.monotonic() - begun < WITHIN_S
    return answer


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_interview_is_refused_in_words(collect: Collect, web: Web, name: str) -> None:
    words, xml = REFUSED[name]
    collect.language = "en"
    answer = timed(web, lambda: post(collect, Record("", xml)))
    assert answer.status == 400
    assert words in answer.sentence
    assert not Submission.objects.exists()


@pytest.mark.parametrize("name", STORED)
def test_what_is_only_strange_is_stored(collect: Collect, web: Web, name: str) -> None:
    assert timed(web, lambda: post(collect, Record("", STORED[name]))).status == 201
    assert bytes(Submission.objects.get().xml) == STORED[name]


def test_a_request_without_an_interview_is_refused(collect: Collect) -> None:
    assert post_body(collect, body_of([("a.jpg", "a.jpg", "image/jpeg", b"a")])).status == 400
    assert post_body(collect, body_of([])).status == 400
    assert post_body(collect, b"").status == 400


@pytest.mark.parametrize(
    "type_",
    [
        content_type("another"),
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\xe9",
        "text/xml",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_another_boundary_or_type_is_refused(collect: Collect, type_: str) -> None:
    body = body_of([(XML_PART, "a.xml", "text/xml", record().xml)])
    assert post_body(collect, body, type_).status == 400
    assert not Submission.objects.exists()


@pytest.mark.parametrize("file_name", ["", "p.jpg"])
def test_five_thousand_parts_are_refused(collect: Collect, web: Web, file_name: str) -> None:
    parts: list[Part] = [(f"{n}.jpg", file_name, "image/jpeg", b"x") for n in range(5_000)]
    body = body_of([*parts, (XML_PART, "a.xml", "text/xml", record().xml)])
    answer = timed(web, lambda: post_body(collect, body))
    assert answer.status == (400 if file_name else 201)  # plain fields are ignored


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\windows\\a.jpg", "a.jpg"),
        ("/a.jpg", "a.jpg"),
        ("a\x01\x7fb.jpg", None),
        ("..", ""),
        ("x." + "y" * 200, None),
        ("n" * 240 + ".jpg", None),
    ],
)
def test_a_path_in_a_name_leads_nowhere(collect: Collect, name: str, kept: str | None) -> None:
    answer = post(collect, record(), (name, name, "image/jpeg", b"x"))
    assert answer.status == 201
    rows = Attachment.objects.all()
    assert [row.name for row in rows] == [kept] if kept else len(rows) <= 1
    assert all(str(row.file).startswith("attachments/") for row in rows)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_body_that_is_cut_is_not_taken_for_a_whole_one(collect: Collect, share: float) -> None:
    """The device has gone; what it sends next must not find half a picture in its place."""
    mine = record(photos(3, size=30_000))
    files: list[Part] = [(name, name, "image/jpeg", body) for name, body in mine.files.items()]
    body = body_of([(XML_PART, "a.xml", "text/xml", mine.xml), *files])
    address = urlsplit(collect.server_url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        head = (
            f"POST {address.path}/submission HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Content-Type: {content_type(BOUNDARY)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body[: int(len(body) * share)])
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1000)
    assert b" 400 " in answer.partition(b"\r\n")[0]
    assert not Submission.objects.exists()
    assert not Attachment.objects.exists()
    assert post(collect, mine).status == 201


def chunked(collect: Collect, chunks: Iterator[bytes]) -> Answer:
    address = urlsplit(collect.server_url)
    assert address.hostname
    connection = HTTPConnection(address.hostname, address.port, timeout=30)
    headers = {"Content-Type": content_type(BOUNDARY), "Transfer-Encoding": "chunked"}
    try:
        connection.request(
            "POST", f"{address.path}/submission", chunks, headers, encode_chunked=True
        )
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def test_a_body_in_chunks_is_as_good(collect: Collect) -> None:
    mine = record({"a.jpg": b"a" * 5_000})
    parts: list[Part] = [
        (XML_PART, "a.xml", "text/xml", mine.xml),
        ("a.jpg", "a.jpg", "image/jpeg", mine.files["a.jpg"]),
    ]
    body = body_of(parts)
    assert chunked(collect, (body[at : at + 700] for at in range(0, len(body), 700))).status == 201
    assert Attachment.objects.get().size == 5_000
    cut = body[:-3000]
    assert chunked(collect, iter([cut])).status == 400


def test_chunks_without_end_are_refused(collect: Collect) -> None:
    head = body_of([(XML_PART, "a.xml", "text/xml", record().xml)]).partition(b"\r\n--")[0]

    def endless() -> Iterator[bytes]:
        yield head
        for _ in range(1_100):
            yield b"x" * 100_000

    with suppress(BrokenPipeError, ConnectionResetError):  # the server has heard enough
        assert chunked(collect, endless()).status == 413
    assert not Submission.objects.exists()


def test_a_hundred_megabytes_take_no_memory(collect: Collect, web: Web) -> None:
    post(collect, record())
    before = web.peak_mb()
    mine = record({"film.mp4": b"0123456789" * 9_900_000})
    assert post(collect, mine).status == 201
    assert Attachment.objects.get().size == 99_000_000
    assert web.peak_mb() - before < 20
