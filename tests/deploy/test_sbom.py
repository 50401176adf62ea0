"""The list of parts names what runs and what pages load, and nothing that only tests need."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", re.MULTILINE)
BILLS = ("python", "browser")
Bill: TypeAlias = dict[str, Any]


@pytest.fixture(scope="module")
def bills() -> dict[str, Bill]:
    """As `make sbom` writes them."""
    subprocess.run([sys.executable, "deploy/sbom.py"], cwd=ROOT, check=True)
    folder = ROOT / "build" / "sbom"
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in BILLS}


def versions(bill: Bill) -> dict[str, str]:
    return {plain(one["name"]): one["version"] for one in bill["components"]}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_pin_is_a_part_in_its_version(bills: dict[str, Bill]) -> None:
    pins = PIN.findall((ROOT / "requirements.txt").read_text("utf-8"))
    assert len(pins) > 25
    wanted = {plain(name): version for name, version in pins}
    assert wanted.items() <= versions(bills["python"]).items()


def test_what_pins_ask_for_is_there_and_tools_are_not(bills: dict[str, Bill]) -> None:
    names = versions(bills["python"]).keys()
    assert {"sqlparse", "kombu", "psycopg-binary", "cffi"} <= names
    assert not {"pytest", "ruff", "mypy", "cyclonedx-bom", "moto", "coverage"} & names


@pytest.mark.parametrize(("name", "kind"), [("python", "pypi"), ("browser", "npm")])
def test_parts_say_where_they_are_from(bills: dict[str, Bill], name: str, kind: str) -> None:
    assert bills[name]["bomFormat"] == "CycloneDX"
    parts = bills[name]["components"]
    assert parts
    assert all(one["purl"].startswith(f"pkg:{kind}/") for one in parts)


def test_what_a_part_needs_is_a_part(bills: dict[str, Bill]) -> None:
    refs = {one["bom-ref"] for one in bills["python"]["components"]}
    rows = bills["python"]["dependencies"]
    assert {row["ref"] for row in rows} == refs
    assert {ref for row in rows for ref in row["dependsOn"]} <= refs


def test_what_pages_load_is_listed(bills: dict[str, Bill]) -> None:
    asked = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    found = versions(bills["browser"])
    assert asked.items() <= found.items()
    assert "esbuild" not in found
