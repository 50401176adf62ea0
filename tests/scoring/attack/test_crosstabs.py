"""Hidden counts of the golden survey, attacked with every table of its groups at once.

A hidden count below the limit is safe where the published numbers leave open that it is 10 or more, and
that it is five more than it is: whoever solves for it cannot tell that it is of few people, let alone who.
The dashboard's counts of people by group are among what is read; the public page's are the same, rounded.
"""

import sys
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from scoring.divisions import UNASKED, Source
from scoring.maths import suppression
from scoring.maths.disclosure import FEWEST_PEOPLE
from scoring.people import Met, People, Rows
from scoring.tables import Asked, NoSuchTable, Table
from scoring.tabulation import tabulate
from tests.scoring.attack.attacker import EVERYBODY, Attacker, Cell
from tests.scoring.maths import golden

SEGMENTS = ("a3", "a5", "yrs")  # of which all groups' tables are read too
CROSSED = ("a3", "a5", "yrs", "age", "stratum")


@cache
def people() -> People:
    """The golden survey as scoring reads it, under its own weights."""
    sites, rows = golden.sites(), golden.rows("raw")
    stratum = {row["psu_id"]: row["stratum"] for row in rows}
    met = [Met(number, stratum[code], code, 1.0, None) for number, code in enumerate(sites)]
    keys = np.arange(len(rows))
    levels = {
        by: np.array([level or "" for level in column], dtype=np.object_)
        for by, column in golden.domains().items()
    }
    found = People(
        golden.scheme(), met, Rows(golden.psus(), keys, keys * 0, golden.items(), levels)
    )
    found.__dict__["weights"] = golden.person_weights()
    return found


@cache
def table(rows: str, columns: str, segment: str = "") -> Table:
    key = Source.GROUP.of
    asked = Asked(key(rows), key(columns), segment and key(segment), has_missing=True)
    return tabulate(people(), {}, asked, has_design=True)


def levels_of(way: str) -> list[str]:
    return list(dict.fromkeys(level or UNASKED for level in golden.domains()[way]))


def count(cell: Cell) -> int:
    return sum(cell <= person for person in persons())


@cache
def persons() -> list[frozenset[tuple[str, str]]]:
    ways = [
        [(way, level or UNASKED) for level in column] for way, column in golden.domains().items()
    ]
    return [frozenset(levels) for levels in zip(*ways, strict=True)]


def read(attacker: Attacker, rows: str, columns: str, segment: str = "") -> None:
    """Everything that a table says."""
    made = table(rows, columns, segment)
    way, _, level = segment.partition("=")
    within: Cell = frozenset({(way, level)}) if segment else EVERYBODY
    for row, cells, total in zip(made.rows, made.cells, made.right, strict=True):
        attacker.read(within | {(rows, row)}, total.n)
        for column, cell in zip(made.columns, cells, strict=True):
            attacker.read(within | {(rows, row), (columns, column)}, cell.n)
    for column, cell in zip(made.columns, made.below, strict=True):
        attacker.read(within | {(columns, column)}, cell.n)
    attacker.read(within, made.people)


def adds_up(attacker: Attacker, ways: tuple[str, ...]) -> None:
    """Every line of a table of these ways."""
    for way in ways:
        others: list[Cell] = [EVERYBODY]
        for other in (each for each in ways if each != way):
            others = [cell | {(other, level)} for cell in others for level in levels_of(other)]
        for cell in others:
            attacker.adds_up(cell, [cell | {(way, level)} for level in levels_of(way)])


def takes_together(attacker: Attacker) -> None:
    """What everybody knows: which city is in which region, and that the idle work in no sector."""
    region = {dict(person)["a1"]: dict(person)["stratum"] for person in persons()}
    idle = {dict(person)["a10"] for person in persons() if dict(person)["a11"] == UNASKED}
    for other in levels_of_others("a1", "stratum"):
        for name in levels_of("stratum"):
            cities = [other | {("a1", city)} for city, where in region.items() if where == name]
            attacker.adds_up(other | {("stratum", name)}, cities)
    for other in levels_of_others("a10", "a11"):
        attacker.adds_up(other | {("a11", UNASKED)}, [other | {("a10", level)} for level in idle])


def levels_of_others(*but: str) -> list[Cell]:
    ways = [way for way in golden.domains() if way not in but]
    return [frozenset({(way, level)}) for way in ways for level in levels_of(way)]


def attacked(attacker: Attacker) -> tuple[dict[Cell, float], dict[Cell, int]]:
    """How high each hidden count of few people may be, and what it is."""
    attacker.system()
    hidden = {cell: count(cell) for cell in attacker.unknown}
    few = {cell: people for cell, people in hidden.items() if people < FEWEST_PEOPLE}
    wanted = {cell: float(max(FEWEST_PEOPLE, n + suppression.NARROWEST)) for cell, n in few.items()}
    return attacker.highest(wanted, tries=60), few


def check(attacker: Attacker, capsys: pytest.CaptureFixture[str]) -> None:
    highest, few = attacked(attacker)
    with capsys.disabled():
        sys.stdout.write(
            f" {len(few)} of {len(attacker.unknown)} hidden counts are of few people. "
        )
    short = {
        tuple(sorted(cell)): (n, highest[cell])
        for cell, n in few.items()
        if highest[cell] < max(FEWEST_PEOPLE, n + suppression.NARROWEST) - 1e-6
    }
    assert not short


def test_all_tables_of_two_groups_tell_no_hidden_count(capsys: pytest.CaptureFixture[str]) -> None:
    attacker = Attacker()
    for rows, columns in combinations(golden.domains(), 2):
        read(attacker, rows, columns)
        adds_up(attacker, (rows, columns))
    takes_together(attacker)
    check(attacker, capsys)


def test_tables_of_groups_within_groups_tell_no_hidden_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The people of each group apart, against the tables of everybody and of the other groups."""
    attacker = Attacker()
    for ways in combinations(CROSSED, 3):
        adds_up(attacker, ways)
        for pair in combinations(ways, 2):
            read(attacker, *pair)
            adds_up(attacker, pair)
            (segment,) = set(ways) - set(pair)
            for level in levels_of(segment) if segment in SEGMENTS else ():
                read(attacker, *pair, f"{segment}={level}")
    check(attacker, capsys)


def test_a_table_without_its_rule_is_broken() -> None:
    """The attacker is able to: with one cell of a row hidden alone, its count is found."""
    attacker = Attacker()
    read(attacker, "a3", "a5")
    adds_up(attacker, ("a3", "a5"))
    cell = frozenset({("a3", "f"), ("a5", levels_of("a5")[0])})
    del attacker.known[cell]
    attacker.system()
    assert attacker.highest({cell: 1e9}, tries=1)[cell] == pytest.approx(count(cell))


def test_only_groups_that_are_published_are_looked_at_by_themselves() -> None:
    """People of a table are all, or one declared group: two tables never differ by a few people."""
    shown = {level: n for level, n in zip(*margin("a4"), strict=True) if n is not None}
    assert len(shown) < len(levels_of("a4"))
    for level in levels_of("a4"):
        if level in shown:
            assert table("a3", "a5", f"a4={level}").people == shown[level] >= FEWEST_PEOPLE
        else:
            with pytest.raises(NoSuchTable):
                table("a3", "a5", f"a4={level}")
    with pytest.raises(NoSuchTable):
        table("a3", "a5", "a1=nowhere")
    with pytest.raises(NoSuchTable):
        table("a3", "a5", f"a11={UNASKED}")


def margin(way: str) -> tuple[list[str], list[int | None]]:
    made = table(way, "a3")
    return made.rows, [cell.n for cell in made.right]
