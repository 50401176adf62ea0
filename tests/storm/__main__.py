"""`make storm`: 200 days of an enumerator's phone on which everything goes wrong.

Real Chromium with a profile that outlives it, gunicorn as production serves it, a network between
them that is cut. A seed draws what happens; each run prints a line, a failing one all that was done
in it and what differs. `--only N` plays run N of a seed again; `--forgetful` takes a phone that
loses with the power what was written, which the storm must find.
"""

import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.house import installation, write
from tests.storm.release import SETTINGS


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.storm")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=1, help="begin with this run")
    parser.add_argument("--only", type=int, help="this run alone, counted from 1")
    parser.add_argument("--forgetful", action="store_true", help="must fail")
    parser.add_argument("--verbose", action="store_true", help="what was done, of every run")
    given = parser.parse_args()
    with installation():
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        is_well = play(given)
    sys.exit(0 if is_well else 1)


def play(given: Namespace) -> bool:
    import django  # noqa: PLC0415  # settings come from the environment above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from tests.storm.house import storm  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    start, counted, failed = time.monotonic(), Counter[str](), []
    numbers = [given.only] if given.only else range(given.first, given.count + 1)
    folder = Path(os.environ["VAR_DIR"])
    database = {"DATABASE_URL": os.environ["DATABASE_URL"]}
    with (
        sync_playwright() as playwright,
        storm(given.seed, playwright.chromium, folder, database) as campaign,
    ):
        campaign.phone.is_forgetful = given.forgetful
        for run in campaign.runs(numbers):
            counted += run.counted
            failed += [run.number] * bool(run.found)
            shown = {"done": run.done} if run.found or given.verbose else {}
            write(run=run.number, seconds=round(run.seconds, 1), differences=run.found, **shown)
        report = {"cuts": dict(campaign.network.met), "errors": campaign.server.errors()}
    seconds = round(time.monotonic() - start, 1)
    write(name="storm", seed=given.seed, seconds=seconds, failed=failed, **report)
    write(name="storm", counted=dict(counted.most_common()))
    return not failed and not report["errors"]


if __name__ == "__main__":
    main()
