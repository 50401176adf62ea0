"""What holds for whatever comes to the door for interviews; the situations are in test_table.py."""

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from surveys.models import Attachment
from tests.collect.device import BOUNDARY, XML_PART, Collect, Part, body_of, content_type
from tests.collect.fieldwork import record
from tests.collect.posts import post, post_body, require_openrosa
from tests.collect.web import gunicorn
from tests.servers import free_port


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_the_handshake_is_empty_and_leads_nowhere_else(collect: Collect, method: str) -> None:
    answer = collect.request(method, f"{collect.server_url}/submission?deviceID=d")
    require_openrosa(answer)
    assert (answer.status, answer.body) == (204, b"")


def test_parts_may_come_in_any_order(collect: Collect) -> None:
    mine = record({"a.jpg": b"a"})
    parts: list[Part] = [
        ("*isIncomplete*", "", "text/plain", b"yes"),
        ("a.jpg", "a.jpg", "image/jpeg", b"a"),
        (XML_PART, "submission.xml", "application/xml", mine.xml),
    ]
    assert post_body(collect, body_of(parts)).status == 201
    assert Attachment.objects.get().name == "a.jpg"


def test_a_file_is_called_as_its_part_is(collect: Collect) -> None:
    mine = record({"a.jpg": b"a"})
    parts: list[Part] = [
        (XML_PART, "submission.xml", "text/xml", mine.xml),
        ("a.jpg", "IMG_0001.JPG", "image/jpeg", b"a"),
        ("more.txt", "more.txt", "text/plain", b"named nowhere"),
    ]
    assert post_body(collect, body_of(parts)).status == 201
    names = Attachment.objects.exclude(file="").values_list("name", flat=True)
    assert set(names) == {"a.jpg", "more.txt"}


def test_a_refusal_is_heard_even_by_who_sends_much(collect: Collect) -> None:
    collect.server_url = collect.server_url.replace("/key/", "/key/x")
    assert post(collect, record({"a.mp4": b"0" * 20_000_000})).status == 403


@pytest.mark.parametrize("date", ["", "Fri, 27 Nov 2026 03:35:20 GMT", "yesterday"])
def test_what_a_request_says_of_protocol_and_time_is_not_held_against_it(
    collect: Collect, date: str
) -> None:
    """No version of the protocol, no date, or one that does not tell morning from evening."""
    address = urlsplit(collect.server_url)
    connection = HTTPConnection(str(address.hostname), address.port or 80, timeout=30)
    headers = {"Content-Type": content_type(BOUNDARY)} | ({"Date": date} if date else {})
    body = body_of([(XML_PART, "a.xml", "text/xml", record().xml)])
    connection.request("POST", f"{address.path}/submission", body, headers)
    answer = connection.getresponse()
    assert answer.status == 201
    assert answer.getheader("X-OpenRosa-Version") == "1.0"
    answer.read()
    connection.close()


def test_while_the_database_is_away_a_device_keeps_what_it_has(tmp_path: Path) -> None:
    nowhere = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    with gunicorn({"DATABASE_URL": nowhere}, tmp_path / "log") as web:
        answer = post(Collect(f"{web.url}/key/any/s/any"), record())
    assert answer.status == 503
    assert "stays on this device" in answer.sentence
