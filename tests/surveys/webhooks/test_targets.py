"""Only the public network is asked, at the address that was checked."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from surveys.webhooks import targets
from surveys.webhooks.targets import UnfitTarget, Unreachable, addresses_of, post, target_of
from tests.surveys.webhooks.receiver import Receiver, receiver

PRIVATE = (
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",  # metadata of a cloud
    "169.254.169.254",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name stand for these addresses; the names that are looked up."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def looked_up(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host in addresses:  # as sockets do with an address that they are given
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return asked


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Neither written as one nor behind a name, also beside a public one."""
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(UnfitTarget):
        target_of(f"https://{literal}/")
    names(monkeypatch, "93.184.215.14", address)
    with pytest.raises(UnfitTarget, match="public network"):
        addresses_of(target_of("https://example.org/"))


@pytest.mark.parametrize(
    "address", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost"]
)
def test_other_spellings_of_ones_own_machine_are_no_way_in(address: str) -> None:
    with pytest.raises((UnfitTarget, Unreachable)):
        post(f"https://{address}/", b"", {})


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_are(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    names(monkeypatch, address)
    assert addresses_of(target_of("https://example.org/")) == [address]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "http://example.org/",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/\r\nX: 1",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UnfitTarget):
        target_of(url)


def test_the_name_is_looked_up_once_and_the_checked_address_asked(
    monkeypatch: pytest.MonkeyPatch, server: Receiver, settings: Settings
) -> None:
    """A name that stands for another address the second time leads nowhere else."""
    settings.WEBHOOKS_TO_LOOPBACK = True
    asked = names(monkeypatch, "127.0.0.1")
    port = server.url.split(":")[2].split("/")[0]
    assert post(f"http://example.org:{port}/x", b"{}", {}) == 204
    assert asked == ["example.org"]
    assert server.messages[0].headers["host"] == f"example.org:{port}"


def test_nobody_is_followed_elsewhere(server: Receiver, settings: Settings) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    server.status, server.headers = 302, {"Location": server.url}
    assert post(server.url, b"{}", {}) == 302
    assert len(server.messages) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_answers_too_slowly_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, scheme: str
) -> None:
    """A byte now and then does not keep the connection, not before it is secured either."""
    settings.WEBHOOKS_TO_LOOPBACK = True
    monkeypatch.setattr(targets, "WHOLE_S", 0.2)
    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable):
        post(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {})
    assert time.monotonic() - begun < targets.TIMEOUT_S / 2
