"""The page on security names every line of the standard, and tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROW = re.compile(r"^\| ((?:\d+\.\d+\.\d+[–, ]*)+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

# Lines of levels 1 and 2 in ASVS 4.0.3, by section: up to which number, without those that were
# taken away or are of level 3. Compared with the standard's table; 2.4.6 came with its corrections.
LINES = {
    "1.1": 7, "1.2": 4, "1.4": 5, "1.5": 4, "1.6": 4, "1.7": 2, "1.8": 2, "1.9": 2, "1.10": 1,
    "1.11": 2, "1.12": 2, "1.14": 6,
    "2.1": 12, "2.2": 3, "2.3": 3, "2.4": 6, "2.5": 7, "2.6": 3, "2.7": 6, "2.8": 7, "2.9": 3,
    "2.10": 4,
    "3.1": 1, "3.2": 4, "3.3": 4, "3.4": 5, "3.5": 3, "3.7": 1,
    "4.1": 5, "4.2": 2, "4.3": 3,
    "5.1": 5, "5.2": 8, "5.3": 10, "5.4": 3, "5.5": 4,
    "6.1": 3, "6.2": 6, "6.3": 2, "6.4": 2,
    "7.1": 4, "7.2": 2, "7.3": 4, "7.4": 3,
    "8.1": 4, "8.2": 3, "8.3": 8,
    "9.1": 3, "9.2": 4,
    "10.2": 2, "10.3": 3,
    "11.1": 8,
    "12.1": 3, "12.2": 1, "12.3": 6, "12.4": 2, "12.5": 2, "12.6": 1,
    "13.1": 5, "13.2": 6, "13.3": 2, "13.4": 2,
    "14.1": 4, "14.2": 6, "14.3": 3, "14.4": 7, "14.5": 4,
}  # fmt: skip
GONE = {"1.4.2", "1.4.3", "1.12.1", "4.1.4", "7.3.2", "13.1.2", "13.2.4", "14.3.1"}


def numbers(cell: str) -> list[str]:
    """Those that a cell names: `1.2.3–1.2.4, 1.4.1`."""
    found = []
    for part in cell.split(", "):
        first, _, last = part.strip().partition("–")
        section, _, low = first.rpartition(".")
        high = last.rpartition(".")[2] or low
        found += [f"{section}.{number}" for number in range(int(low), int(high) + 1)]
    return found


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_line_of_the_level_is_there_once() -> None:
    wanted = {
        f"{section}.{number}" for section, last in LINES.items() for number in range(1, last + 1)
    } - GONE
    found = [number for cell, _how, _shown in ROW.findall(PAGE) for number in numbers(cell)]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 80
    gone = [f"{path}::{name}" for path, name in named if name not in names_in(path)]
    assert gone == []


def test_a_line_without_a_test_says_why() -> None:
    """It does not apply, is missed, or is what a language or a library does."""
    reasons = (
        "does not apply",
        "**missed**",
        "by not having it",
        "no SMS",
        "Python",
        "ORM",
        "Git",
        "as 6.1.1",
        "Django's",
        "PyPI",
        "**Missed**",
    )
    bare = [
        cell
        for cell, how, shown in ROW.findall(PAGE)
        if shown == "–" and not any(reason in how for reason in reasons)
    ]
    assert bare == []
