"""`python -m tests.season`: how often planted enumerators are found, and honest ones accused.

Each seed is a season of another kind with three people who make interviews up, or with none
(`--honest`), looked at after its first third. Prints a line of JSON for each way of making things up,
and one for the accusations; ends with an error where more than one honest person in a season was
accused. With `--received` (half a minute a season) the interviews are those of
`manage.py demo --season`, sent as devices send them and judged by what was stored.
"""

import sys
from argparse import ArgumentParser
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import django
import numpy as np
from django.core.management import call_command
from django.db import transaction

from surveys.quality.measures import Measures
from surveys.quality.suspicion import Suspicion, Verdict, suspicions
from surveys.quality.thresholds import Thresholds
from tests.bench.house import installation, write
from tests.surveys.quality.makers import MAKERS
from tests.surveys.quality.people import code
from tests.surveys.quality.season import make, varied

if TYPE_CHECKING:
    from surveys.rehearsal.outcome import Judged

PART = 1 / 3
PLANTED = 3
RECEIVED = "copy,home,shorten"


def planted(seed: int, makers: tuple[str, ...]) -> Mapping[str, str]:
    """Who makes interviews up, and how: three enumerators, each in another way."""
    random = np.random.default_rng([seed, 1])
    who = random.choice(9, PLANTED, replace=False)
    how = random.choice(makers, PLANTED, replace=len(makers) < PLANTED)
    return {code(int(place)): str(maker) for place, maker in zip(who, how, strict=True)}


def judged(seed: int, makers: Mapping[str, str], share: float | None) -> tuple[Suspicion, ...]:
    """What is thought of everybody after the first third of a season."""
    plan = varied(seed, makers, share)
    fieldwork = make(plan, seed, PART).fieldwork
    thresholds = Thresholds()
    return suspicions(Measures(fieldwork, thresholds), thresholds)


def seasons(
    seeds: range, makers: tuple[str, ...], share: float | None
) -> Iterator[tuple[int, Mapping[str, str], tuple[Suspicion, ...]]]:
    for seed in seeds:
        how = planted(seed, makers) if makers else {}
        yield seed, how, judged(seed, how, share)


def received(
    seeds: range, makers: tuple[str, ...]
) -> Iterator[tuple[int, Mapping[str, str], Sequence["Judged"]]]:
    """The same of the seasons that the command makes, in an installation of their own."""
    with installation(debug=True):
        django.setup()
        from surveys.rehearsal import outcome, season  # noqa: PLC0415  # settings are there by now

        call_command("migrate", verbosity=0)
        for seed in seeds:
            made = season.build(seed, makers)
            with transaction.atomic():
                deque(season.load(made, made.plan.third), maxlen=0)
            judged = outcome.judge(made)
            yield seed, {one.enumerator: one.kind for one in judged if one.kind}, judged


def main(arguments: list[str]) -> int:
    parser = ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--makers", help="ways to make interviews up; else all")
    parser.add_argument("--received", action="store_true", help="sent, stored and read again")
    parser.add_argument("--share", type=float, help="of interviews made up; else from 0.5 to 1")
    parser.add_argument("--honest", action="store_true", help="nobody makes anything up")
    given = parser.parse_args(arguments)
    usual = RECEIVED if given.received else ",".join(MAKERS)
    makers = () if given.honest else tuple((given.makers or usual).split(","))
    found: Counter[str] = Counter()
    all_planted: Counter[str] = Counter()
    accused: list[int] = []
    seeds = range(given.first, given.first + given.seeds)
    done = received(seeds, makers) if given.received else seasons(seeds, makers, given.share)
    for seed, how, thought in done:
        suspected = {one.enumerator for one in thought if one.verdict is Verdict.SUSPECT}
        all_planted.update(how.values())
        found.update(how[name] for name in suspected & how.keys())
        accused.append(len(suspected - how.keys()))
        if accused[-1]:
            write(seed=seed, accused=sorted(suspected - how.keys()))
    for maker, many in sorted(all_planted.items()):
        write(maker=maker, planted=many, found=round(found[maker] / many, 3))
    write(seasons=len(accused), accused_a_season=round(sum(accused) / len(accused), 4))
    return int(max(accused) > 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
