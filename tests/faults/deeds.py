"""What goes wrong in a fault run: drawn from its seed, done, and made well again."""

import resource
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.faults.stack import Part, Stack


class Kind(StrEnum):
    KILL = "killed"
    KILL_CHILD = "child killed"
    STOP = "stopped"
    FULL = "disk full"
    ALL = "all killed"


LONGEST_S = {Kind.KILL: 3.0, Kind.KILL_CHILD: 0.0, Kind.STOP: 9.0, Kind.FULL: 5.0, Kind.ALL: 2.0}
WEIGHTS = {Kind.KILL: 8, Kind.KILL_CHILD: 3, Kind.STOP: 4, Kind.FULL: 3, Kind.ALL: 1}


@dataclass(frozen=True)
class Deed:
    """`parts` are who it is done to, for `seconds`."""

    kind: Kind
    parts: tuple[Part, ...]
    seconds: float

    @property
    def names(self) -> str:
        return ", ".join(part.name for part in self.parts)

    def do(self, random: Random, wait: Callable[[float], None]) -> None:
        """Do it, let the time pass by `wait`, and make it well."""
        for part in self.parts:
            if self.kind in (Kind.KILL, Kind.ALL):
                part.kill()
            elif self.kind is Kind.KILL_CHILD:
                part.kill_child(random)
            elif self.kind is Kind.STOP:
                part.signal(signal.SIGSTOP)
            else:
                part.limit_files(0)
        wait(self.seconds)
        self._undo(random)

    def _undo(self, random: Random) -> None:
        parts = list(self.parts)
        if self.kind is Kind.ALL:  # whoever is first misses the others
            random.shuffle(parts)
        for part in parts:
            if self.kind in (Kind.KILL, Kind.ALL):
                part.start()
            elif self.kind is Kind.STOP:
                part.signal(signal.SIGCONT)
            elif self.kind is Kind.FULL:
                part.limit_files(resource.RLIM_INFINITY)


def drawn(stack: Stack, random: Random, count: int) -> Iterator[Deed]:
    for _ in range(count):
        (kind,) = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
        if kind is Kind.ALL:
            parts = stack.parts
        elif kind is Kind.FULL:
            parts = stack.programs
        elif kind is Kind.KILL_CHILD:
            parts = (random.choice((stack.web, *stack.workers)),)
        else:
            parts = (random.choice(stack.parts),)
        yield Deed(kind, parts, random.uniform(0, LONGEST_S[kind]))
