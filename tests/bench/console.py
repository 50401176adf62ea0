"""`make bench-console`: every page that a coordinator may open, over a survey as large as a province, on
PostgreSQL. COUNT= says how many interviews are stored, fifty a site.

Each page is opened by Django's test client in this process, so what is measured is the server's work:
seconds are the median of some, queries those of one request. Numbers on the dashboard are the demo's: they are
stored rows, as many for a thousand interviews as for a million (`make bench-rescoring` makes them). A page that everybody reads keeps 0.3 s and
20 queries, the dashboard 0.06 s.
"""

import statistics
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tests.bench.house import tell, write
from tests.bench.province import province, seconds, timed

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

PER_SITE = 50
PAGE_S, DASHBOARD_S, QUERIES = 0.3, 0.06, 20
DASHBOARD = "/admin/"
TIMES = 5
LONGEST = "20s"
PARTS: Mapping[str, str] = {"code": "demo", "language": "en", "kind": "xlsx"}  # of addresses


def main() -> None:
    with province(per_site=PER_SITE):
        prepare()
        measure()


def prepare() -> None:
    """What workers would have made of it by now; for this process, its host and its patience."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from surveys import tallies  # noqa: PLC0415

    call_command("collectstatic", interactive=False, verbosity=0)
    with timed("counted"):
        tallies.refresh_all()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET statement_timeout = %s", [LONGEST])
    settings.ALLOWED_HOSTS = ["testserver"]


def measure() -> None:
    client, found = coordinator(), []
    for address in addresses():
        status = client.get(address).status_code
        if status >= 500:  # more than LONGEST
            write(name=address, ratio=float("inf"))
        if status != 200:
            continue
        times = [seconds(partial(client.get, address)) for _ in range(TIMES)]
        found.append((statistics.median(times), queries(client, address), address))
    for took, asked, address in sorted(found, reverse=True):
        bar = DASHBOARD_S if address == DASHBOARD else PAGE_S
        tell(address, took, bar, queries=asked)
    write(
        name="pages", count=len(found), queries_over=sum(asked > QUERIES for _, asked, _ in found)
    )


def coordinator() -> "Client":
    from django.test import Client  # noqa: PLC0415

    from surveys.models import User  # noqa: PLC0415

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="coordinator"))
    return client


def queries(client: "Client", address: str) -> int:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def addresses() -> Iterator[str]:
    """Of the office: pages by which the access matrix lets a coordinator in."""
    from tests.access.routes import address, routes  # noqa: PLC0415
    from tests.access.test_matrix import expected  # noqa: PLC0415
    from tests.access.world import World  # noqa: PLC0415

    world = World(dict(rows()), dict(PARTS), {})
    known = expected()
    for route in routes():
        is_plain = route.startswith("admin/") and "^" not in route
        if is_plain and "C" in known.get(route, ("", ""))[0]:
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
