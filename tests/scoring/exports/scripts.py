"""Scripts of an export, run where its files are."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from surveys.exports.catalogue import Order
from surveys.exports.enclosures import enclosed_with
from tests.surveys.exports.analysed import exported

PYTHON, R = "analysis.py", "analysis.R"


class Line(NamedTuple):
    """What a script prints of one number of a group."""

    n: int
    estimate: float
    se: float
    low: float
    high: float
    note: str


Lines = Mapping[tuple[str, str], Line]  # by group and variable


def put(order: Order, folder: Path) -> None:
    """The interviews, and the scripts beside them."""
    for kind in ("parquet", "dta"):
        exported(order, kind, folder)[f"interviews.{kind}"].rename(folder / f"interviews.{kind}")
    for name, text in enclosed_with(order).items():
        (folder / name).write_text(text, "utf-8")


def printed(name: str, folder: Path, *, by: str = "city") -> Lines:
    """What one script prints, with groups made by a column."""
    path = folder / name
    path.write_text(path.read_text("utf-8").replace('"city"', f'"{by}"'), "utf-8")
    header, *rows = run(program(name), name, folder=folder).splitlines()
    assert header.split("\t") == ["group", "variable", *Line._fields]
    found = {}
    for group, variable, n, estimate, se, low, high, note in (row.split("\t") for row in rows):
        found[group, variable] = Line(
            int(n), number(estimate), number(se), number(low), number(high), note
        )
    return found


def number(text: str) -> float:
    return float("nan") if text.strip() == "NA" else float(text)


def program(name: str) -> str:
    """What runs a script. A test is skipped where there is no R; in CI it fails."""
    if name.endswith(".py"):
        return sys.executable
    if shutil.which("Rscript") is None and os.environ.get("CI"):
        pytest.fail("no R on this machine")
    if shutil.which("Rscript") is None:
        pytest.skip("no R on this machine")
    return "Rscript"


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
