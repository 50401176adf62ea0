"""`make faults`: everything goes wrong while everybody works.

Devices with Collect send interviews with files through a bad network, pages copy drafts and finish them, everybody
is judged again and again, files are exported. Meanwhile, at moments drawn from a seed, web server,
workers, beat, Redis and PostgreSQL are killed or stopped, connections are cut, the disk is full, or all of it dies
at once. In the end every acknowledged answer must be here once, every job must have ended with a word,
and everything computed must be as if nothing had happened. SEED= and COUNT= say which runs.
"""

import logging
import sys
from argparse import ArgumentParser

import django

from tests.bench.house import installation, write
from tests.faults.stack import servers


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    given = parser.parse_args()
    with installation(), servers(for_faults=True) as stack:
        django.setup()
        from tests.faults import run  # noqa: PLC0415  # settings come from the environment above

        # That messages cannot be sent is what is tried here.
        logging.getLogger("django.db.backends.base").setLevel(logging.CRITICAL)
        house = run.begin(stack)
        for part in (*stack.cables, *stack.programs):
            part.start()
        seeds = range(given.seed, given.seed + given.count)
        is_well = [run.is_good(house, seed) for seed in seeds]
    write(name="faults", runs=len(is_well), failed=is_well.count(False))
    sys.exit(0 if all(is_well) else 1)


if __name__ == "__main__":
    main()
