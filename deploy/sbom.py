"""Writes what the product is made of, as CycloneDX: what runs on the server, and what pages load.

The environment also holds what tests and checks need. Only what requirements.txt asks for, and what that asks
for, is listed.
"""

import json
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "sbom"
REQUIREMENTS = ("requirements.txt", "requirements-s3.txt")

Bill: TypeAlias = dict[str, Any]


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, bill in (("python", python_parts()), ("browser", browser_parts())):
        text = json.dumps(bill, indent=2, ensure_ascii=False)
        (TARGET / f"{name}.json").write_text(f"{text}\n", "utf-8")
        sys.stdout.write(f"build/sbom/{name}.json: {len(bill['components'])} parts\n")


def python_parts() -> Bill:
    """Installed here, without what none of our requirements asks for."""
    bill, names = told("cyclonedx-py", "environment", sys.executable), needed()
    parts = [one for one in bill["components"] if normal(one["name"]) in names]
    refs = {one["bom-ref"] for one in parts}
    needs = [
        row | {"dependsOn": [ref for ref in row.get("dependsOn", []) if ref in refs]}
        for row in bill["dependencies"]
        if row["ref"] in refs
    ]
    return bill | {"components": parts, "dependencies": needs}


def browser_parts() -> Bill:
    """By what the lock file says; tools of the build are left out."""
    arguments = ("sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only")
    return told("npm", *arguments)


def told(program: str, *arguments: str) -> Bill:
    """What a program prints."""
    found = shutil.which(program)
    if found is None:
        sys.exit(f"{program} is missing: `make sbom` gets it.")
    done = subprocess.run([found, *arguments], cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.stderr.decode())
    bill: Bill = json.loads(done.stdout)
    return bill


def needed() -> set[str]:
    """Names of what requirements.txt asks for, with the extras that it names, and of what that needs."""
    wanted, seen = asked(), set[tuple[str, str]]()
    while wanted:
        one = wanted.pop()
        for extra in {"", *one.extras}:
            if (normal(one.name), extra) not in seen:
                seen.add((normal(one.name), extra))
                wanted += needs_of(one.name, extra)
    return {name for name, _extra in seen}


def asked() -> list[Requirement]:
    lines = (line for name in REQUIREMENTS for line in (ROOT / name).read_text("utf-8").split("\n"))
    pins = (line.partition("#")[0].strip() for line in lines)
    return [Requirement(pin) for pin in pins if pin and not pin.startswith("-")]


def needs_of(name: str, extra: str) -> list[Requirement]:
    found = map(Requirement, metadata.requires(name) or [])
    return [one for one in found if not one.marker or one.marker.evaluate({"extra": extra})]


def normal(name: str) -> str:
    """As the package index compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
