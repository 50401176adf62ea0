"""Versions of the application as they are deployed: copies of the program, no two with the same scripts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("config", "scoring", "surveys", "templates", "static", "build", "locale")
SETTINGS = "tests.storm.settings"
RELEASES = 3  # deployed in turn


def make(folder: Path, number: int) -> Path:
    """A folder with the program; every script is another one than in other releases."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "manage.py", folder)
    (folder / "tests" / "storm").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "storm" / "settings.py", folder / "tests" / "storm")
    for script in folder.glob("**/static/js/**/*.js"):
        with script.open("a", encoding="utf-8") as text:
            text.write(f"\n// release {number}\n")
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=folder, check=True, env=environment({}))
    return folder


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a process of a release is given: its own code goes before ours."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": ""} | dict(more)
