"""`make bench-export`: interviews written in every format beside a bare reading of their rows; COUNT= says
how many are stored (100,000). On PostgreSQL; every measure is a process of its own, so that its peak is.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.house import tell, write
from tests.bench.province import asked_for, province

if TYPE_CHECKING:
    from surveys.exports.catalogue import Order

STORED = 100_000
WHAT = "submissions"
PEAK_MB = 300
TIMES_READING = {"csv": 2.0, "dta": 2.5, "sav": 2.5, "parquet": 2.5, "xlsx": 9.0}
BARE = "bare"
CHUNK = 500
KB = 1024


class Measure(NamedTuple):
    seconds: float
    peak_mb: float
    rows: int
    megabytes: float


def main() -> None:
    if len(sys.argv) == 3:
        one(sys.argv[1], Path(sys.argv[2]))
        return
    stored = asked_for(STORED)
    with province(stored):
        bench(stored)


def bench(stored: int) -> None:
    from surveys.exports.catalogue import EXPORTS  # noqa: PLC0415

    written = {export.format for export in EXPORTS.values() if export.what == WHAT}
    bare = measured(BARE)
    write(name=BARE, **bare._asdict())
    for format_, bar in TIMES_READING.items():
        if format_ not in written:
            continue
        made = measured(format_)
        if made.rows != stored:
            raise SystemExit(f"{format_}: {made.rows} rows of {stored}")
        tell(
            format_,
            made.seconds,
            bar * bare.seconds,
            times_reading=round(made.seconds / bare.seconds, 2),
            peak_mb=made.peak_mb,
            peak_bar_mb=PEAK_MB,
            megabytes=made.megabytes,
        )


def measured(name: str) -> Measure:
    with tempfile.TemporaryDirectory(dir=os.environ["VAR_DIR"]) as folder:
        command = [sys.executable, "-m", "tests.bench.exports", name, f"{folder}/file"]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Measure(*json.loads(told))


def one(name: str, path: Path) -> None:
    """In a process of its own: the work, and what it took, for `measured`."""
    import django  # noqa: PLC0415

    django.setup()
    order, work = order_of(), read if name == BARE else make(name)
    start = time.perf_counter()
    rows = work(order, path)
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB
    megabytes = path.stat().st_size / KB / KB if path.exists() else 0.0
    sys.stdout.write(json.dumps([seconds, round(peak_mb), rows, round(megabytes, 1)]))


def order_of() -> "Order":
    from surveys.exports.catalogue import Order  # noqa: PLC0415
    from surveys.models import Questionnaire  # noqa: PLC0415

    return Order(Questionnaire.objects.select_related("survey", "current").get())


def read(order: "Order", _path: Path) -> int:
    """The rows behind the files as Django gives them: facts and answers, nothing done with them."""
    from surveys.exports.interviews import interviews_of  # noqa: PLC0415
    from surveys.exports.rows import ANSWERS, SOURCES  # noqa: PLC0415

    found = interviews_of(order).order_by("pk").values(*ANSWERS, *SOURCES.values(), "skipped")
    last = rows = 0
    while page := list(found.filter(pk__gt=last)[:CHUNK]):
        rows, last = rows + len(page), page[-1]["pk"]
    return rows


def make(format_: str) -> "Callable[[Order, Path], int]":
    from surveys.exports import catalogue  # noqa: PLC0415

    def work(order: "Order", path: Path) -> int:
        rows = 0

        def tick() -> None:
            nonlocal rows
            rows += 1

        catalogue.find(WHAT, format_).write(order, path, tick)
        return rows

    return work


if __name__ == "__main__":
    main()
