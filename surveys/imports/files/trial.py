"""Whether a file of a statistical package can be read, tried in a process of its own.

The readers are written in C and Rust, and some damaged files end the process that reads them. So each file is
read once to its end where nothing else is lost, with limits, before it is read here.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat

READERS = {".dta": pyreadstat.read_dta, ".sav": pyreadstat.read_sav, ".zsav": pyreadstat.read_sav}
ROWS = 20_000  # at a time
CPU_S = 120
WHOLE_S = 300  # of the clock on the wall
MEMORY = 6_000_000_000  # bytes of addresses
ROOT = Path(__file__).parents[3]
LEFT_OF_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR")  # no secrets


def is_readable(path: Path) -> bool:
    """Whether a process came to the end of it."""
    kept = {name: os.environ[name] for name in LEFT_OF_ENVIRONMENT if name in os.environ}
    try:
        tried = subprocess.run(  # noqa: S603  # the command is ours
            [sys.executable, "-m", "surveys.imports.files.trial", str(path)],
            cwd=ROOT,
            env={**kept, "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=WHOLE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0


def read_through(path: Path) -> None:
    """What is asked of the readers later. Raises whatever they raise, if they raise."""
    reader = READERS.get(path.suffix.lower())
    options: Any = {"user_missing": True, "output_format": "dict"}
    if reader is not None:
        reader(path, metadataonly=True, **options)
    offset, size = 0, ROWS
    while size == ROWS:
        if reader is None:
            size = len(pl.scan_parquet(path).slice(offset, ROWS).collect())
        else:
            found = reader(path, row_offset=offset, row_limit=ROWS, **options)[0]
            size = max(map(len, found.values()), default=0)
        offset += size


def main() -> None:
    for kind, most in ((resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_AS, MEMORY)):
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    read_through(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
