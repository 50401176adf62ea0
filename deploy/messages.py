"""Checks that every translation is compiled as committed, since a fresh machine has no gettext."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LOCALES = Path(__file__).resolve().parent.parent / "locale"


def is_compiled(source: Path) -> bool:
    """Whether the .mo file beside a .po file is what GNU gettext makes of it."""
    committed = source.with_suffix(".mo")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / committed.name
        command = ["msgfmt", "--check-format", "-o", str(fresh), str(source)]
        subprocess.run(command, check=True)  # noqa: S603
        return committed.exists() and committed.read_bytes() == fresh.read_bytes()


if __name__ == "__main__":
    if shutil.which("msgfmt") is None:
        sys.exit(0)
    stale = [str(path) for path in sorted(LOCALES.rglob("*.po")) if not is_compiled(path)]
    if stale:
        sys.exit(f"Run `make messages`: not compiled since the last change: {', '.join(stale)}")
