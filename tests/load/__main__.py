"""`make load`: enumerators send while dashboards are open, files are exported and everybody is judged again.

Web server, PostgreSQL, Redis, a worker and beat run on this machine's loopback, as production runs them. Interviews of 60
questions come at a steady rate, a share of what the door can take; coordinators look at the dashboard; an export and
a rescore are always under way, by a worker of low priority. In the end every acknowledged interview must be
here once, nobody may have met an error, and no process may have grown. MINUTES= and SHARE= say how long and how much.
"""

import sys
from argparse import ArgumentParser

import django

from tests.bench.house import installation
from tests.faults.stack import servers


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--share", type=float, default=0.5, help="of what the door can take")
    given = parser.parse_args()
    with installation(), servers() as stack:
        django.setup()
        from tests.load import run  # noqa: PLC0415  # settings come from the environment above

        is_well = run.play(stack, given.minutes * 60, given.share)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
