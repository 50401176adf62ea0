"""What the columns of a file mean here: kept as a row, and used again for the next file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Beside(StrEnum):
    """What a column can say that is no answer."""

    ID = "@id"
    SITE = "@site"
    ENUMERATOR = "@enumerator"
    STARTED = "@started"
    ENDED = "@ended"


@dataclass(frozen=True)
class Target:
    """Where a column goes: to the question of a `key` such as `g/age` or `member[2]/age`, to one of
    its choices, to a number of its place (0 latitude), or `Beside` answers; nowhere where blank.
    """

    key: str = ""
    choice: str = ""
    part: int | None = None

    def __str__(self) -> str:
        """`g/age`, `tools=saw`, `home#0`: as people type it and `target_of` reads it."""
        if self.choice:
            return f"{self.key}={self.choice}"
        return self.key if self.part is None else f"{self.key}#{self.part}"

    def __bool__(self) -> bool:
        return bool(self.key)

    @property
    def beside(self) -> Beside | None:
        return Beside(self.key) if self.key in list(Beside) else None


NOWHERE = Target()


def target_of(text: str) -> Target:
    """What was typed, whether there is such a thing or not."""
    key, _, part = text.strip().partition("#")
    if part.isdecimal() and part.isascii():
        return Target(key, part=int(part[:2]))
    key, _, choice = text.strip().partition("=")
    return Target(key.strip(), choice.strip())


@dataclass(frozen=True)
class Rule:
    """How one column is read. `values` are names of choices by what is in the file, blank for no
    answer; `separator` divides several answers, blank finds out; `blanks` are texts that say nothing.
    Numbers of a `coded` column are codes as our exports for statistical packages have them.
    """

    target: Target = NOWHERE
    values: Mapping[str, str] = field(default_factory=dict)
    days: str = ""  # one of `DAYS` in `surveys.imports.cells`, blank for ISO 8601
    separator: str = ""
    blanks: tuple[str, ...] = ()
    coded: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)  # of the file's own values

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Rule":
        target = Target(**document["target"])
        return cls(**{**document, "target": target, "blanks": tuple(document["blanks"])})


@dataclass(frozen=True)
class Constants:
    """What is the same for all rows that do not say it themselves. `day` is an ISO date."""

    site: str = ""
    enumerator: str = ""
    day: str = ""


@dataclass(frozen=True)
class Meaning:
    """The rules of each table's columns by their names, the interviews' own table first, and for
    further tables the key of the repeat whose instances they hold, blank where they are left out.
    """

    rules: tuple[Mapping[str, Rule], ...] = ()
    repeats: tuple[str, ...] = ()
    constants: Constants = Constants()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Meaning":
        tables: Sequence[Mapping[str, Any]] = document.get("rules", ())
        return cls(
            tuple({name: Rule.from_json(rule) for name, rule in rules.items()} for rules in tables),
            tuple(document.get("repeats", ())),
            Constants(**document.get("constants", {})),
        )
