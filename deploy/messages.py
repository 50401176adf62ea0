"""Checks that every translation is compiled as committed, since a fresh machine has no gettext."""

import gettext
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).resolve().parent.parent / "locale"


def is_compiled(source: Path) -> bool:
    """Whether the .mo file beside a .po file says what GNU gettext makes of it."""
    committed = source.with_suffix(".mo")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / committed.name
        command = ["msgfmt", "--check-format", "-o", str(fresh), str(source)]
        subprocess.run(command, check=True)  # noqa: S603
        return committed.exists() and catalogue(committed) == catalogue(fresh)


def catalogue(compiled: Path) -> dict[Any, Any]:
    """Sentences and translations, and the header under "". Bytes differ between gettext versions."""
    with compiled.open("rb") as file:
        messages = gettext.GNUTranslations(file)
    header = {name: text for name, text in messages.info().items() if not name.endswith("-date")}
    sentences: dict[Any, Any] = vars(messages)["_catalog"]
    return sentences | {"": header}


if __name__ == "__main__":
    if shutil.which("msgfmt") is None:
        sys.exit(0)
    stale = [str(path) for path in sorted(LOCALES.rglob("*.po")) if not is_compiled(path)]
    if stale:
        sys.exit(f"Run `make messages`: not compiled since the last change: {', '.join(stale)}")
