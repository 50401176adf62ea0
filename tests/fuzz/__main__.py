"""`python -m tests.fuzz [TARGET …] --seed 1 --count 1000`: everything that comes in from outside, put to what reads it.

Without targets all of them, each as often as it says itself; `engines` are both engines of the form language, which
must say the same, `api` all operations of the API.
"""

import os
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from time import monotonic

import django

from tests.bench.house import installation, write
from tests.fuzz.hunting import hunt
from tests.servers import postgres

PURE = ("expressions", "instances", "lists", "schemes", "workbooks", "xforms")
STORED = ("filters", "imports", "parcels")
NAMES = ("engines", "api", *PURE, *STORED)
IN_DATABASE = {"api", *STORED}


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(NAMES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=0, help="of each; 0: as each target says")
    options = parser.parse_args()
    unknown = {*options.targets} - {*NAMES}
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    with ExitStack() as ending:
        ending.enter_context(installation())
        wanted = options.targets or NAMES
        if IN_DATABASE & {*wanted}:
            os.environ["DATABASE_URL"] = ending.enter_context(postgres())
        is_well = [played(name, options.seed, options.count) for name in wanted]
    sys.exit(0 if all(is_well) else 1)


def played(name: str, seed: int, count: int) -> bool:
    """Whether nothing was found."""
    if name == "engines":
        return agree(seed, count)
    if name == "api":
        return conforms(seed, count or 100)
    began = monotonic()
    came = hunt(name, seed, count)
    write(
        name=name,
        seed=seed,
        tried=came.tried,
        covered=came.covered,
        seconds=round(monotonic() - began),
        found=[str(path) for path in came.found],
    )
    return bool(came.tried) and not came.found


def agree(seed: int, count: int) -> bool:
    django.setup()
    from tests.fuzz.engines import telling  # noqa: PLC0415  # settings come from the environment

    agreed = telling.agree_on_expressions(seed, count or 30_000)
    return telling.agree_on_interviews(seed, count or 500) and agreed


def conforms(seed: int, count: int) -> bool:
    django.setup()
    from django.db import transaction  # noqa: PLC0415

    from tests.access.world import make_world  # noqa: PLC0415
    from tests.fuzz.api import differences  # noqa: PLC0415
    from tests.hostile.siege import prepare  # noqa: PLC0415

    prepare()
    began = monotonic()
    with transaction.atomic():
        found = differences(make_world(), seed, count)
        transaction.set_rollback(True)
    write(name="api", seed=seed, of_each=count, seconds=round(monotonic() - began), found=found)
    return not found


if __name__ == "__main__":
    main()
