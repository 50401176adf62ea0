"""`make bench-console`: every page that coordinators, supervisors and analysts may open, over a survey as
large as a province, on PostgreSQL. COUNT= says how many interviews are stored, fifty a site. `python -m
tests.bench.console --keep DIR` fills the database once and opens it again afterwards; `--only TEXT` measures
some addresses, and says which of their queries take long.

Each page is opened by Django's test client in this process, so what is measured is the server's work up to
the first part of the answer. Others may keep the machine busy: `seconds` is the best of some, beside it
stands what the processor worked, for Django and for PostgreSQL, which works with one process for each
question as if all cores were taken. Queries are those of one request. A page that everybody reads keeps
0.3 s and 20 queries, the dashboard 0.06 s.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.house import tell, write
from tests.bench.office import Office
from tests.bench.province import STORED, province, seconds, timed

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

PER_SITE = 50
PAGE_S, DASHBOARD_S, QUERIES = 0.3, 0.06, 20
DASHBOARD = "/admin/"
PEOPLE = {
    "coordinator": "C",
    "supervisor": "S",
    "analyst": "A",
}  # with letters of the access matrix
TIMES = 5
LONG_S = 0.02  # for a query
LONGEST = "20s"
PARTS: Mapping[str, str] = {  # of addresses
    "code": "demo",
    "language": "en",
    "kind": "xlsx",
    "number": "1",
    "name": "households",
    "what": "profile",
}
NS = 1e9


class Measure(NamedTuple):
    """Of one answer, in seconds: as the reader waits, and as the processor works."""

    waited: float
    django: float
    postgres: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stored", type=int, nargs="?", default=STORED)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only")
    given = parser.parse_args()
    with province(given.stored, per_site=PER_SITE, kept=given.keep, furnish=Office()):
        prepare()
        measure(given.only)


def prepare() -> None:
    """What workers would have made of it by now; for this process, its host and its patience."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from surveys import tallies  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with timed("counted"):
        tallies.refresh_all()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SET statement_timeout = %s", [LONGEST])
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    settings.ALLOWED_HOSTS = ["testserver"]


def measure(only: str | None) -> None:
    for name in PEOPLE:
        measure_for(name, only)


def measure_for(name: str, only: str | None) -> None:
    found = list(measured(name, only))
    for best, asked, address in sorted(found, reverse=True):
        bar = DASHBOARD_S if address == DASHBOARD else PAGE_S
        worked = {"django_s": round(best.django, 4), "postgres_s": round(best.postgres, 4)}
        tell(f"{name} {address}", best.waited, bar, **worked, queries=asked)
    write(
        name=f"pages of the {name}",
        count=len(found),
        slow=sum(best.waited > PAGE_S for best, _, _ in found),
        queries_over=sum(asked > QUERIES for _, asked, _ in found),
    )


def measured(name: str, only: str | None) -> Iterator[tuple[Measure, int, str]]:
    """Pages with the best of some times and the number of queries; what else is answered is told at once."""
    client = client_of(name)
    for address in addresses(PEOPLE[name]):
        if only is not None and only not in address:
            continue
        status = client.get(address).status_code
        if status >= 500:  # more than LONGEST
            write(name=f"{name} {address}", ratio=float("inf"))
        if status != 200:
            write(name=f"{name} {address}", status=status)
            continue
        best = min(answer(client, address) for _ in range(TIMES))
        yield best, queries(client, address, says_which=only is not None), address


def answer(client: "Client", address: str) -> Measure:
    server, worked = backend(), time.process_time()
    waited = seconds(lambda: begin(client, address))
    return Measure(waited, time.process_time() - worked, backend() - server)


def begin(client: "Client", address: str) -> None:
    """As far as a reader sees that there is an answer."""
    response = client.get(address)
    if response.streaming:
        next(iter(response), b"")
        response.close()


def backend() -> float:
    """Seconds for which the process at the other end of the connection has worked."""
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / NS


def client_of(name: str) -> "Client":
    from django.test import Client  # noqa: PLC0415

    from surveys.models import User  # noqa: PLC0415

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=name))
    return client


def queries(client: "Client", address: str, *, says_which: bool) -> int:
    """How many; those that take long are printed where it is wanted."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        begin(client, address)
    for query in captured.captured_queries if says_which else ():
        if float(query["time"]) > LONG_S:
            write(seconds=query["time"], sql=query["sql"])
    return len(captured)


def addresses(letter: str) -> Iterator[str]:
    """Of the office: pages by which the access matrix lets somebody in."""
    from tests.access.routes import address, routes  # noqa: PLC0415
    from tests.access.test_matrix import expected  # noqa: PLC0415
    from tests.access.world import World  # noqa: PLC0415

    world = World(dict(rows()), dict(PARTS), cookies={}, tokens={})
    known = expected()
    for route in routes():
        is_plain = route.startswith("admin/") and "^" not in route
        if is_plain and letter in known.get(route, ("", ""))[0]:
            yield address(route, world)


def rows() -> Iterator[tuple[str, "Model"]]:
    """The first of each model: an interview of the demo, whose XML is whole."""
    from django.apps import apps  # noqa: PLC0415

    for app in ("surveys", "scoring"):
        for model in apps.get_app_config(app).get_models():
            row = model._default_manager.order_by("pk").first()
            if row is not None:
                yield model.__name__.lower(), row


if __name__ == "__main__":
    main()
