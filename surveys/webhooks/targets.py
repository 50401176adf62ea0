"""Addresses on the public network only: checked, and then connected to as they were checked."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from surveys.errors import SurveyError, gettext_noop

Address: TypeAlias = IPv4Address | IPv6Address

TIMEOUT_S = 10.0  # of each step
WHOLE_S = 20.0  # of all of them: a server that answers a byte at a time holds no worker
NAT64 = IPv6Network("64:ff9b::/96")
PORTS = {"https": 443, "http": 80}


class UnfitTarget(SurveyError):
    """An address that is none, or not one of the public network."""


class Unreachable(SurveyError):
    """A server that could not be asked."""


@dataclass(frozen=True)
class Target:
    """Where a message goes. `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Read an address, without asking the network. Raises UnfitTarget."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or PORTS.get(parts.scheme, 0)
    except (ValueError, UnicodeError) as error:
        raise _unfit(url) from error
    if not host or not port or not (url.isascii() and url.isprintable()) or " " in url.strip():
        raise _unfit(url)
    if parts.username or parts.password:
        raise UnfitTarget(gettext_noop("Leave user name and password out of the address."))
    _require_scheme(parts)
    target = Target(parts.scheme, host, port, _path(parts))
    if literal := _literal(host):
        _require_public(literal, host)
    return target


def _unfit(url: str) -> UnfitTarget:
    return UnfitTarget(
        gettext_noop("“%(url)s” is not an address such as https://example.org/hook."), url=url
    )


def _require_scheme(parts: SplitResult) -> None:
    if parts.scheme != "https" and not settings.DEBUG and not settings.WEBHOOKS_TO_LOOPBACK:
        raise UnfitTarget(gettext_noop("The address must begin with https://."))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _require_public(address: Address, host: str) -> None:
    """Raises UnfitTarget."""
    if all(_is_public(one) for one in _meant(address)):
        return
    if settings.WEBHOOKS_TO_LOOPBACK and address.is_loopback:
        return
    raise UnfitTarget(
        gettext_noop("%(host)s is not on the public network: it leads to %(address)s."),
        host=host,
        address=str(address),
    )


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _meant(address: Address) -> Iterator[Address]:
    """The address, and those of version 4 that stand in it and that it may lead to."""
    if isinstance(address, IPv4Address):
        yield address
        return
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    found = [one for one in inner if one is not None]
    yield from found or [address]


def addresses_of(target: Target) -> list[str]:
    """What the name stands for now, every one of them public. Raises UnfitTarget, Unreachable."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _unreachable(error) from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        _require_public(ip_address(address), target.host)
    return addresses


class _Checked(HTTPConnection):
    """A connection to an address that was checked: the name is not looked up again, so it cannot
    stand for another one meanwhile.
    """

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_S)
        self.target, self.address = target, address

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.target.port), TIMEOUT_S)
        self.sock = plain
        if self.target.scheme == "https":
            secured = ssl.create_default_context().wrap_socket(
                plain, server_hostname=self.target.host, do_handshake_on_connect=False
            )
            self.sock = secured  # which `cut` reaches from now on
            secured.do_handshake()

    def cut(self) -> None:
        """End what is under way, from another thread; it may have ended meanwhile."""
        open_socket = self.sock
        if open_socket is not None:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body; the status of the answer, which nobody reads or follows elsewhere.

    Raises UnfitTarget, and Unreachable where no answer comes in time.
    """
    target = target_of(url)
    connection = _Checked(target, addresses_of(target)[0])
    end = Timer(WHOLE_S, connection.cut)
    end.daemon = True
    end.start()
    try:
        connection.request("POST", target.path, body, {**headers, "Host": target.authority})
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise _unreachable(error) from error
    finally:
        end.cancel()
        connection.close()


def _unreachable(error: Exception) -> Unreachable:
    said = str(error) or type(error).__name__
    return Unreachable(gettext_noop("No answer: %(error)s"), error=said[:200])
