"""Many runs one after the other: each a script that was drawn before, played, brought to rest and compared."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from playwright.sync_api import Error

from tests.storm import fieldwork
from tests.storm.actions import ON_PHONE, WEIGHTS, Action, Day, begin, fill, sign_in, take
from tests.storm.comparison import differences
from tests.storm.network import Network
from tests.storm.phone import Holdings, Phone
from tests.storm.server import Server

STEPS = (4, 10)
PREPARED = 0.8  # of the runs begin with the questionnaire on the phone
REST_S = 20.0
COULD_NOT = "could not: "


@dataclass
class Run:
    """What was done in one, what was counted, and what differs in the end."""

    number: int
    done: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass(frozen=True)
class Campaign:
    """The phone, the server and the network that all runs share."""

    seed: int
    phone: Phone
    server: Server
    network: Network
    folder: Path

    def runs(self, numbers: Iterable[int]) -> Iterator[Run]:
        for number in numbers:
            yield self.play(number)

    def play(self, number: int) -> Run:
        run, start = Run(number), time.monotonic()
        random = Random(f"{self.seed}/{number}")
        day = Day(self.phone, self.server, self.network, fieldwork.begin(number), self.folder)
        for action in script(random):
            _do(action, day, Random(random.getrandbits(64)), run)
        before = time.monotonic()
        held = _rest(day, run)
        run.done.append(f"at rest ({time.monotonic() - before:.1f} s)")
        run.found += differences(day.fieldwork, day.oracle, self.phone, held)
        run.counted.update(
            interviews=len(day.oracle.interviews),
            saved=day.oracle.looks,
            sent=sum(one["state"] == "sent" for one in held.outbox),
        )
        self.phone.context.clear_cookies()
        run.seconds = time.monotonic() - start
        return run


def script(random: Random) -> Sequence[Action]:
    """Actions of a run: a morning with a network, then whatever comes."""
    morning = (sign_in, take, begin, fill) if random.random() < PREPARED else (sign_in,)
    steps = random.choices(list(WEIGHTS), list(WEIGHTS.values()), k=random.randint(*STEPS))
    return [*morning, *steps]


def _do(action: Action, day: Day, random: Random, run: Run) -> None:
    """What hands cannot do, because of what went wrong before, they leave."""
    start = time.monotonic()
    try:
        done = action(day, random)
    except (Error, AssertionError) as error:
        done = COULD_NOT + str(error).partition("\n")[0]
        run.counted["could not"] += 1
    run.counted[action.__name__] += 1
    run.done.append(f"{action.__name__}: {done} ({time.monotonic() - start:.1f} s)")


def _rest(day: Day, run: Run) -> Holdings:
    """Everything is well again: what waits is sent, and the phone tells what it holds."""
    day.network.mend()
    day.phone.fly(False)
    day.server.wait()
    day.phone.close_all()
    account = day.fieldwork.person.pk

    def is_sent() -> bool:
        held = day.phone.holdings(account)
        return all(one["state"] != "waiting" for one in held.outbox)

    if not day.phone.is_signed_in():
        _do(sign_in, day, Random(0), run)
    day.phone.visit(ON_PHONE)
    day.phone.wait_for(is_sent, REST_S)
    return day.phone.holdings(account)
