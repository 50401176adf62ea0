"""`make` writes where Django does."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("environment", "dotenv", "folder"),
    [
        ({}, "SECRET_KEY=x\n", "var/static"),
        ({}, "SECRET_KEY=x\nVAR_DIR=/srv/five\n", "/srv/five/static"),
        ({}, 'VAR_DIR="/srv/five"\n', "/srv/five/static"),
        ({"VAR_DIR": "/srv/env"}, "VAR_DIR=/srv/five\n", "/srv/env/static"),
    ],
)
def test_static_files_are_where_the_settings_look(
    environment: dict[str, str], dotenv: str, folder: str, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "static").mkdir()
    (tmp_path / ".env").write_text(dotenv, encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if k not in ("VAR_DIR", "MAKEFLAGS")}
    done = subprocess.run(
        ["make", "--dry-run", "clean"],
        cwd=tmp_path,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert folder in done.stdout.split()
