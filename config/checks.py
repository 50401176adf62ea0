"""Settings with which nobody may be served, as Django's system checks; a start with them is refused."""

import stat
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from surveys import demo, secrecy
from surveys.models import User

SHORTEST_KEY = 50  # characters
FEWEST_CHARACTERS = 10  # different ones
OF_EXAMPLES = (
    "insecure",
    "change",
    "example",
    "no secret",
    "measuring",
)  # chance makes none of them
AT_HOME = frozenset({"localhost", "local", "internal", "test"})  # ends of names that nobody owns
DOTENV = Path(settings.BASE_DIR) / ".env"


class Insecure(ImproperlyConfigured):
    """Settings with which nobody may be served."""


def require_safe() -> None:
    """Held where a web server, a worker or the clock starts. Raises Insecure with all faults.

    Where there is no database yet, or it cannot be reached, what is in it is not looked at.
    """
    found = run_checks(tags=[Tags.security], databases=["default"])
    connections.close_all()  # processes forked from this one open their own
    faults = [str(one) for one in found if one.is_serious()]
    if faults:
        raise Insecure("\n".join(faults))


def register_checks() -> None:
    register(check_settings, Tags.security)
    register(check_accounts, Tags.security)
    register(check_keys, Tags.security)


def check_settings(**kwargs: Any) -> list[Error]:
    """What the settings alone tell."""
    of_mode = _debugging() if settings.DEBUG else (*_weak_key(), *_in_public())
    return [*of_mode, *_any_host(), *_readable_secrets()]


def check_accounts(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[Error]:
    """Accounts of the demo, whose password is printed for everybody, on a public host."""
    if not databases or not public_hosts() or not _has_demo_accounts():
        return []
    return [
        _fault(
            7,
            _("Accounts of the demo have the password that everybody knows."),
            _("Use a database without the demo, or give them other passwords."),
        )
    ]


def check_keys(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[Error]:
    """Keys of interviews of another installation, or of this machine alone."""
    if not databases or _has_its_keys():
        return []
    return [
        _fault(
            8,
            _("The key of the latest interview is not in the database that KEYS_URL names."),
            _(
                "All servers name the same one in KEYS_URL. After a loss restore the keys, or go on with "
                "new ones by `manage.py seal --begin-anew` (docs/recovery.md)."
            ),
        )
    ]


def public_hosts() -> list[str]:
    """The names in ALLOWED_HOSTS by which the whole world may come."""
    return [host for host in settings.ALLOWED_HOSTS if _is_public(host)]


def _is_public(host: str) -> bool:
    """A name without a dot, or of a network at home, and a private address are not."""
    name = host.strip("[].").lower()
    try:
        return ip_address(name).is_global
    except ValueError:
        return "." in name and name.rpartition(".")[2] not in AT_HOME


def _fault(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"security.E{900 + number}")


def _weak_key() -> Iterator[Error]:
    key = settings.SECRET_KEY
    is_of_example = public_hosts() and any(word in key.lower() for word in OF_EXAMPLES)
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or is_of_example:
        yield _fault(
            1,
            _("SECRET_KEY is short or known: who guesses it signs in as anybody."),
            _(
                "Take 50 characters by chance, as `make .env` writes them, and keep them to yourself."
            ),
        )


def _any_host() -> Iterator[Error]:
    if "*" in settings.ALLOWED_HOSTS:
        yield _fault(
            2,
            _("ALLOWED_HOSTS is *: links and cookies would go to whatever name a request invents."),
            _("Name the hosts by which people come, such as survey.example.org."),
        )


def _in_public() -> Iterator[Error]:
    public = public_hosts()
    if public and not settings.HTTPS:
        yield _fault(
            3,
            _("%s is a public host, and HTTPS is off: passwords would travel in clear.")
            % public[0],
            _("Put a proxy with a certificate in front, and set HTTPS=true, BEHIND_PROXY=true."),
        )
    if public and settings.WEBHOOKS_TO_LOOPBACK:
        yield _fault(
            4,
            _("WEBHOOKS_TO_LOOPBACK is on at a public host: webhooks could reach this machine."),
            _("Take it away; it is for trying webhooks out."),
        )


def _debugging() -> Iterator[Error]:
    public = public_hosts()
    if public:
        yield _fault(
            5,
            _("DEBUG is on at the public host %s: errors would show its secrets.") % public[0],
            _("Set DEBUG=false, or name only hosts at home in ALLOWED_HOSTS."),
        )


def _readable_secrets() -> Iterator[Error]:
    if DOTENV.is_file() and DOTENV.stat().st_mode & stat.S_IRWXO:
        yield _fault(
            6,
            _("Everybody on this machine can read the secrets in %s.") % DOTENV,
            _("chmod o-rwx %s") % DOTENV,
        )


def _has_its_keys() -> bool:
    try:
        return secrecy.are_keys_here()
    except DatabaseError:
        return True


def _has_demo_accounts() -> bool:
    hashes = User.objects.filter(username__in=demo.ACCOUNTS, is_active=True)
    try:
        found = list(hashes.values_list("password", flat=True))
    except DatabaseError:
        return False
    return any(check_password(demo.PASSWORD, one) for one in found)
