"""The report names every criterion of WCAG 2.2 A and AA, and tests that exist."""

import re

from tests.test_security import NAMED, ROOT, names_in, numbers

PAGE = (ROOT / "docs" / "accessibility.md").read_text("utf-8")
ROW = re.compile(r"^\| ([\d., –]+) \(A[A, ]*\) [^|]+ \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
CRITERIA = """
1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5
1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13
2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11
2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8
3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3
""".split()  # noqa: SIM905 - read as a table


def test_every_criterion_is_there_once() -> None:
    found = [number for cell in ROW.findall(PAGE) for number in numbers(cell)]
    assert len(found) == len(set(found))
    assert set(found) == set(CRITERIA)


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 30
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []
