"""The worst workbooks are answered within ten seconds and 300 MB, in a process of their own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from openpyxl.utils import get_column_letter

from tests.surveys.xforms.archives import BEGIN, END, FORM, cell, repacked, row, with_sheet
from tests.surveys.xforms.books import from_rows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured by /proc")

MOST_SECONDS = 10  # of the processor: other tests may keep the machine busy
MOST_MEGABYTES = 300
PROGRAM = """
import json, re, resource, sys, time
content = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from surveys.xforms.linting.linter import review
before = time.process_time()
reviewed = review(content)
seconds = time.process_time() - before
most = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
errors = [str(finding) for finding in reviewed.errors]
codes = [finding.code for finding in reviewed.findings]
json.dump([seconds, int(most[1]) / 1024, errors, codes], sys.stdout)
"""
LIST_PROGRAM = """
import json, re, resource, sys, time
from surveys.errors import SurveyError
from surveys.xforms.datafiles import table_from_file
name, _, content = sys.stdin.buffer.read().partition(b":")
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
before, errors = time.process_time(), []
try:
    root = table_from_file(name.decode(), content).element()
except SurveyError as error:
    errors = [str(error)]
seconds = time.process_time() - before
most = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
json.dump([seconds, int(most[1]) / 1024, errors, []], sys.stdout)
"""


@dataclass(frozen=True)
class Answer:
    seconds: float
    megabytes: float
    errors: Sequence[str]
    codes: Sequence[str]


def answer_to(content: bytes) -> Answer:
    return answer_of(PROGRAM, content)


def answer_of(program: str, content: bytes) -> Answer:
    command = [sys.executable, "-c", program]
    output = subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout
    return Answer(*json.loads(output))


def blank_rows(cells: int) -> Iterator[str]:
    for number in range(3, 1_048_577):
        blanks = "".join(f'<c r="{chr(65 + at)}{number}" s="0"/>' for at in range(cells))
        yield f'<row r="{number}" s="0" customFormat="1">{blanks}</row>'


def wide(columns: int) -> str:
    more = "".join(cell(f"{get_column_letter(n)}1", f"col{n}") for n in range(4, columns + 1))
    return FORM.replace("</row>", f"{more}</row>", 1)


def filled(rows: int) -> Iterator[str]:
    return (row(number, "text", f"q{number}", "?") for number in range(3, rows))


SETTINGS = [("form_title", "form_id", "version"), ("F", "f", "1")]


def in_languages(count: int, questions: int) -> bytes:
    names = [f"L{number} (x{number})" for number in range(count)]
    labels, hints = ([f"{key}::{name}" for name in names] for key in ("label", "hint"))
    rows = [("text", f"q{number}", *["Q"] * count, *["H"] * count) for number in range(questions)]
    return from_rows(survey=[("type", "name", *labels, *hints), *rows], settings=SETTINGS)


def with_choices(count: int) -> bytes:
    return from_rows(
        survey=[
            ("type", "name", "label", "appearance"),
            ("select_one v", "v", "V", "autocomplete"),
        ],
        choices=[
            ("list_name", "name", "label"),
            *(("v", f"c{number}", f"Choice {number}") for number in range(count)),
        ],
        settings=SETTINGS,
    )


def nested(depth: int) -> bytes:
    groups = [("begin_group", f"g{number}", "G") for number in range(depth)]
    rows = [*groups, ("text", "a", "A"), *[("end_group",)] * depth]
    return from_rows(survey=[("type", "name", "label"), *rows], settings=SETTINGS)


def chained(count: int, *, closed: bool) -> bytes:
    rows = [
        ("calculate", f"q{n}", f"${{q{(n + 1) % count}}}" if closed or n + 1 < count else "1")
        for n in range(count)
    ]
    return from_rows(survey=[("type", "name", "calculation"), *rows], settings=SETTINGS)


def wordy(cells: int, terms: int) -> bytes:
    rows = [
        (
            "text",
            f"b{n}",
            "B",
            " or ".join(f"${{b{n - 1}}} = 'x{k}'" for k in range(terms)) if n else None,
        )
        for n in range(cells)
    ]
    return from_rows(survey=[("type", "name", "label", "relevant"), *rows], settings=SETTINGS)


def knotted() -> bytes:
    knot = "instance(" * 800 + "${a}" + ")/root/item[" * 100
    rows = [("text", "a", "A", None), ("text", "b", "B", knot), ("note", "c", "${a}" * 6000, None)]
    return from_rows(survey=[("type", "name", "label", "relevant"), *rows], settings=SETTINGS)


def bomb() -> Iterator[bytes]:
    yield (BEGIN + FORM).encode()
    for _ in range(200):
        yield b" " * 1_000_000
    yield END.encode()


def long_cell() -> Iterator[bytes]:
    yield (BEGIN + FORM + '<row r="3"><c r="A3" t="inlineStr"><is><t>').encode()
    for _ in range(50):
        yield b"a" * 1_000_000
    yield f"</t></is></c></row>{END}".encode()


def pieces() -> Iterator[str]:
    return ("a<!-- -->" for _ in range(500_000))


TOO_LARGE = "too large to be a form"
TOO_MANY = "Divide the form"
CASES: dict[str, tuple[Callable[[], bytes], str]] = {  # the workbook, and what is said of it
    "a million attributes": (
        lambda: with_sheet(
            BEGIN, FORM, "<row ", (f'a{n}="" ' for n in range(1_000_000)), "/>", END
        ),
        TOO_LARGE,
    ),
    "200 MB of spaces": (lambda: repacked({"sheet1.xml": bomb()}), TOO_LARGE),
    "one cell of 50 MB": (lambda: repacked({"sheet1.xml": long_cell()}), TOO_LARGE),
    "a text in half a million pieces": (
        lambda: with_sheet(
            BEGIN, FORM, '<row r="3"><c r="A3" t="inlineStr"><is><t>', pieces(), "</t></is>"
        ),
        TOO_LARGE,
    ),
    "millions of cells": (
        lambda: with_sheet(BEGIN, FORM, (f"<row>{'<c/>' * 500}</row>" for _ in range(9000)), END),
        TOO_LARGE,
    ),
    "too many files in the archive": (
        lambda: repacked({}) + b"PK\x01\x02" * 6_000,
        TOO_LARGE,
    ),
    "10,000 columns": (lambda: with_sheet(BEGIN, wide(10_000), END), "beyond column ALL"),
    "200,000 questions": (lambda: with_sheet(BEGIN, FORM, filled(200_000), END), TOO_MANY),
    "a thousand groups within each other": (lambda: nested(1000), "within each other"),
    "a circle of 4,000 questions": (lambda: chained(4000, closed=True), "in a circle"),
    "54,000 comparisons": (lambda: wordy(300, 180), "too long"),
    "an expression of thousands of brackets": (knotted, "too long"),
}
ACCEPTED: dict[str, Callable[[], bytes]] = {
    "a million blank rows": lambda: with_sheet(BEGIN, FORM, blank_rows(1), END),
    "a million blank rows of ten cells": lambda: with_sheet(BEGIN, FORM, blank_rows(10), END),
    "900 columns": lambda: with_sheet(BEGIN, wide(900), END),
    "200 languages": lambda: in_languages(200, 120),
    "29,000 choices": lambda: with_choices(29_000),
    "a chain of 4,000 questions": lambda: chained(4000, closed=False),
}
SLOW = {"millions of cells", "a circle of 4,000 questions", "54,000 comparisons", *ACCEPTED}
SLOW -= {"900 columns"}


def marked(names: Sequence[str]) -> list[object]:
    return [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in names]


def check(answer: Answer) -> None:
    print(f"{answer.seconds:.1f} s, {answer.megabytes:.0f} MB")  # noqa: T201 - shown by pytest -rP
    assert answer.seconds < MOST_SECONDS
    assert answer.megabytes < MOST_MEGABYTES


@pytest.mark.parametrize("name", marked(list(CASES)))
def test_a_hostile_workbook_is_refused_in_time(name: str) -> None:
    build, words = CASES[name]
    answer = answer_to(build())
    check(answer)
    assert words in answer.errors[0]


@pytest.mark.parametrize("name", marked(list(ACCEPTED)))
def test_a_clumsy_workbook_is_read_in_time(name: str) -> None:
    answer = answer_to(ACCEPTED[name]())
    check(answer)
    assert answer.errors == []
    assert ("blank-rows" in answer.codes) == ("blank" in name)


SIZE = 7_990_000
FEATURES = b'x.geojson:{"type":"FeatureCollection","features":['
LISTS: dict[str, tuple[Callable[[], bytes], str]] = {  # the file, and what is said of it
    "all cells that a list may have": (
        lambda: b"x.csv:" + b"\n".join(b",".join(b"%05d%02d" % (n, c) for c in range(20)) for n in range(39_999)),
        "",
    ),
    "cells of wide characters": (
        lambda: b"x.csv:" + "\n".join(",".join(f"\U0001f600{n % 1000}{c}" for c in range(20)) for n in range(37_000)).encode(),
        "",
    ),
    "one row of separators": (lambda: b"x.csv:a\nb" + b"," * SIZE, ""),
    "a header of separators": (lambda: b"x.csv:" + b"," * SIZE, "no header"),
    "a header of names": (lambda: b"x.csv:" + b"a," * (SIZE // 2), "200 columns"),
    "an item of attributes": (
        lambda: b"x.xml:<root><item " + b" ".join(b'a%d=""' % n for n in range(720_000)) + b"/></root>",
        "",
    ),
    "items without end": (lambda: b"x.xml:<root>" + b"<item/>" * (SIZE // 7), "50,000 rows"),
    "an item without end": (
        lambda: b"x.xml:<root><item>" + b"".join(b"<c%d/>" % n for n in range(700_000)),
        "200 columns",
    ),
    "features that are none": (
        lambda: FEATURES + b'{"a":1},' * 740_000 + b"{}]}",
        "feature 1",
    ),
    "points without end": (lambda: FEATURES + b"[12,34]," * 900_000 + b"[]]}", "800,000 cells"),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_the_worst_lists_are_answered_in_time(name: str) -> None:
    make, words = LISTS[name]
    answer = answer_of(LIST_PROGRAM, make())
    assert answer.seconds < MOST_SECONDS
    assert answer.megabytes < MOST_MEGABYTES
    assert [words in error for error in answer.errors] == ([True] if words else [])
