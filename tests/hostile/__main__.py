"""`make hostile`: malformed and hostile requests over all doors, by everybody; SEED= and COUNT= say which.

Every address of the project is knocked at, with the keys of a world's rows and with nonsense in their place, by
people and programs of every role. No answer may be a 500, nothing may be stored by who sends nonsense, and the process may
not grow. Half of the requests come as browsers would let them, the others with the token against forgery, in a
transaction that is taken back.
"""

import sys
from argparse import ArgumentParser

import django

from tests.bench.house import installation


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20_000)
    given = parser.parse_args()
    with installation():
        django.setup()
        from tests.hostile import siege  # noqa: PLC0415  # settings come from the environment above

        is_well = siege.play(given.seed, given.count)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
