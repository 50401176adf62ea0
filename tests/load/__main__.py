"""`make load`: enumerators send while dashboards are open, files are exported and everybody is judged again.

Web server (two processes a core), PostgreSQL, Redis, a worker and beat run on this machine's loopback, as production
runs them. Interviews of 60 questions come at a steady rate: the highest found in the first minutes at which all are taken
and, by default, at most 90 % of the machine's time is used. Coordinators look at the dashboard; an export and a rescore
are always under way, by a worker of low priority, whose time is not counted: it takes what is left. Those who send and
look run here too. In the end all that was asked must have been taken, every acknowledged interview must be here once,
nobody may have met an error, and no process may have grown. MINUTES= and BUSY= say how long and how much.
"""

import os
import sys
from argparse import ArgumentParser

import django

from tests.bench.house import installation
from tests.faults.stack import servers


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--busy", type=float, default=0.9, help="share of the machine's time")
    given = parser.parse_args()
    os.environ.setdefault("WEB_CONCURRENCY", str(2 * (os.cpu_count() or 1)))
    with installation(), servers() as stack:
        django.setup()
        from tests.load import run  # noqa: PLC0415  # settings come from the environment above

        is_well = run.play(stack, given.minutes * 60, given.busy)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
