"""What nginx does with requests: a real one, with the site as it is installed."""

import gzip
import os
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, RemoteDisconnected

import pytest

from tests.deploy.proxy import NAME, NGINX, Proxy, proxy

TOKEN = "c7mQ2kVZsecret"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    if NGINX is None and os.environ.get("CI"):
        pytest.fail("no nginx on this machine")
    if NGINX is None:
        pytest.skip("no nginx on this machine")
    with proxy(tmp_path_factory.mktemp("nginx")) as made:
        yield made


def test_http_leads_to_https(site: Proxy) -> None:
    with closing(HTTPConnection("127.0.0.1", site.http)) as connection:
        connection.request("GET", "/results/?a=1", headers={"Host": NAME})
        answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/results/?a=1")


def test_other_names_get_no_answer(site: Proxy) -> None:
    with closing(HTTPConnection("127.0.0.1", site.http)) as connection:
        connection.request("GET", "/", headers={"Host": "elsewhere.example.org"})
        with pytest.raises(RemoteDisconnected):
            connection.getresponse()
    with pytest.raises(ssl.SSLError), site.connected(name="elsewhere.example.org"):
        pass


def test_old_ciphers_are_not_spoken(site: Proxy) -> None:
    with site.connected(ciphers="ECDHE-ECDSA-AES128-GCM-SHA256"):
        pass
    with pytest.raises(ssl.SSLError), site.connected(ciphers="ECDHE-ECDSA-AES128-SHA256"):
        pass


def test_nobody_says_for_themselves_where_they_come_from(site: Proxy) -> None:
    forged = {"X_Forwarded_For": "8.8.8.8", "X_Forwarded_Proto": "http", "X_Request_ID": "mine"}
    assert site.ask("/admin/?q=Zhang", **forged).status == 200
    headers = site.seen[-1].headers
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert headers["Host"] == NAME
    assert headers["X-Request-ID"] != "mine"
    assert site.seen[-1].path == "/admin/?q=Zhang"


def test_neither_tokens_nor_what_is_searched_for_is_written_down(site: Proxy) -> None:
    door = f"/key/{TOKEN}/s/demo"
    assert site.ask(f"{door}/formList").status == 200
    assert site.ask(f"/%6bey/{TOKEN}/s/demo/forms").status == 200
    assert site.ask(f"//key/{TOKEN}/s/demo/lists").status == 200
    assert site.ask(f"{door}/broken").status == 502
    assert site.ask(f"{door}/submission", "POST", Content_Length="200000000").status == 413
    assert site.ask("/admin/?q=Zhang").status == 200
    written = site.logs()
    assert '"GET /key/-/s/demo/formList HTTP/1.1" 200' in written
    assert '"POST /key/-/s/demo/submission HTTP/1.1" 413' in written
    assert TOKEN not in written
    assert "Zhang" not in written


def test_only_neighbours_watch(site: Proxy) -> None:
    for address in ("/healthz", "/healthz/live", "/metrics"):
        assert site.ask(address, source="127.0.0.2").status == 200
        assert site.ask(address).status == 404


def test_static_files_are_kept_for_ever_by_the_hash_in_their_name(site: Proxy) -> None:
    script = b"export const one = 1;\n" * 100
    for name in ("page.0123456789ab.js", "page.js"):
        (site.folder / "static" / name).write_bytes(script)
        (site.folder / "static" / f"{name}.gz").write_bytes(gzip.compress(script))
    hashed = site.ask("/static/page.0123456789ab.js", Accept_Encoding="gzip")
    assert gzip.decompress(hashed.body) == script
    assert "immutable" in hashed.headers["Cache-Control"]
    assert hashed.headers["Content-Type"] == "text/javascript"
    assert hashed.headers["X-Content-Type-Options"] == "nosniff"
    plain = site.ask("/static/page.js")
    assert plain.body == script
    assert "immutable" not in plain.headers["Cache-Control"]
    for elsewhere in ("/static/../key.pem", "/static../key.pem", "/static/..%2fkey.pem"):
        assert b"PRIVATE KEY" not in site.ask(elsewhere).body


def test_a_slow_upload_holds_no_thread_of_the_web_server(site: Proxy) -> None:
    body, before = b"x" * 300_000, len(site.seen)
    with site.connected() as connection:
        connection.putrequest("POST", "/s/demo/submission")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:200_000])
        time.sleep(0.3)
        assert len(site.seen) == before
        connection.send(body[200_000:])
        assert connection.getresponse().status == 200
    assert site.seen[-1].size == len(body)


def test_nobody_tries_passwords_by_the_thousand(site: Proxy) -> None:
    for page in ("/login/", "/admin/login/"):
        assert site.ask(page, "POST", Content_Length="70000").status == 413
    answers = []
    with site.connected() as office:
        for _ in range(90):  # more than a room full of people who begin to work
            office.request("POST", "/login/", headers={"Content-Length": "0"})
            answer = office.getresponse()
            answer.read()
            answers.append(answer.status)
    assert answers[:40] == [200] * 40
    assert answers[-1] == 429
    assert site.ask("/login/").status == 200  # to read the page is no trial
