"""`make collect`: 1,000 interviews with up to 120 files from eight devices, over a bad network.

The server is gunicorn on PostgreSQL. A seeded proxy drops, delays, doubles and cuts requests and
answers. In the end whatever a device believes sent must be there with equal SHA-256, exactly once, and
every file there or listed as expected.
"""

import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from tests.bench.house import installation, write
from tests.servers import postgres

DEVICES = 8
MOST_FILES = 120
SHOWN = 10


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    given = parser.parse_args()
    with ExitStack() as ending:
        ending.enter_context(installation())
        environment = {"DATABASE_URL": ending.enter_context(postgres())}
        is_well = play(environment, given.seed, given.count, ending)
    sys.exit(0 if is_well else 1)


def play(environment: dict[str, str], seed: int, count: int, ending: ExitStack) -> bool:
    import os  # noqa: PLC0415

    os.environ |= environment
    import django  # noqa: PLC0415  # settings come from the environment above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from tests.collect import campaign, fieldwork  # noqa: PLC0415
    from tests.collect.device import Collect  # noqa: PLC0415
    from tests.collect.network import network  # noqa: PLC0415
    from tests.collect.web import gunicorn  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    survey = fieldwork.begin()
    log = Path(os.environ["VAR_DIR"]) / "gunicorn.log"
    web = ending.enter_context(gunicorn(environment, log))
    way = ending.enter_context(network((web.host, web.port), seed))
    devices = [
        Collect(web.url + survey.server_path, device_id=f"collect:{at}", through=way.address)
        for at in range(DEVICES)
    ]
    start = time.monotonic()
    sent = campaign.send(devices, campaign.records(count, MOST_FILES, Random(seed)))
    found = list(campaign.differences(sent.records))
    report: dict[str, Any] = {"seconds": round(time.monotonic() - start, 1)}
    report |= {"records": len(sent.records), "files": sum(len(one.files) for one in sent.records)}
    report |= {"attempts": sent.attempts, "requests": sent.requests, "seed": seed}
    report |= {"network": {str(fate): times for fate, times in way.met.most_common()}}
    report |= {"peak_mb": round(web.peak_mb(), 1), "errors": errors_in(log)}
    write(name="collect", **report, differences=len(found), some=found[:SHOWN])
    return not found and not report["errors"]


def errors_in(log: Path) -> int:
    """How often the server was at a loss."""
    return log.read_text("utf-8").count("Traceback")


if __name__ == "__main__":
    main()
