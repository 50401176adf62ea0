"""`make bench-scoring`: people to sums of groups beside plain numpy, and sums to estimates."""

import multiprocessing
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.maths.cells import Cells, Domain
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Estimates, Totals, means
from scoring.maths.matrix import Booleans, Bytes, Floats, Integers
from scoring.maths.person import score_people
from scoring.maths.rules import MISSING, NOT_APPLICABLE, SCALE
from scoring.maths.scheme import SchemeSpec
from scoring.maths.strata import Stratum, estimates
from tests.bench.house import tell, write
from tests.scoring.maths.small import small_scheme

STANDARDS, ITEMS, CUTOFF, GROUPS = 5, 8, 6, 1800
MILLION = 1_000_000
BLOCK = 2**15
ROUNDS = 11
KERNEL_BAR = 1.3  # times plain numpy
ESTIMATES_S = 0.060
CITIES, SEGMENTS, PSUS, STRATA, VARIABLES = 300, 6, 10, 30, 8
NEARLY = 1e-9  # a float of exactly 1/3 may lie just below it
KB = 1000

Sums: TypeAlias = Floats  # (variables, 2, groups): sum w y and sum w of the valid cases


class People(NamedTuple):
    """A block of people, by column as they are kept."""

    items: Bytes  # (items, people)
    weights: Floats
    groups: Integers


Kernel: TypeAlias = Callable[[People], Sums]


def main() -> None:
    bench_kernel()
    bench_memory()
    bench_estimates()


def bench_kernel() -> None:
    """One million people in memory, both kernels in turn."""
    blocks = list(population(MILLION))
    seconds: dict[Kernel, list[float]] = {ours: [], plain: []}
    found: dict[Kernel, Sums] = {}
    for _ in range(ROUNDS):
        for kernel, times in seconds.items():
            start = time.perf_counter()
            found[kernel] = sum((kernel(block) for block in blocks), start=nothing())
            times.append(time.perf_counter() - start)
    check(found[ours], found[plain])
    tell_kernel("kernel_1m", *(statistics.median(times) for times in seconds.values()))


def bench_memory() -> None:
    """Ten million people, a block at a time, in a process whose memory is nothing but this."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as child:
        seconds, baseline, peak_mb = child.submit(ten_million).result()
    tell_kernel("kernel_10m", seconds, baseline, peak_mb=round(peak_mb, 1))


def ten_million() -> tuple[float, float, float]:
    """Seconds of both kernels, and by how much the process grew, a block of people included."""
    before = peak_mb()
    seconds = dict.fromkeys((ours, plain), 0.0)
    found = {kernel: nothing() for kernel in seconds}
    for block in population(10 * MILLION):
        for kernel in seconds:
            start = time.perf_counter()
            found[kernel] += kernel(block)
            seconds[kernel] += time.perf_counter() - start
    check(found[ours], found[plain])
    return seconds[ours], seconds[plain], peak_mb() - before


def bench_estimates() -> None:
    """Cells of PSUs, of 8 variables in 300 cities by 6 segments, to the limits of their intervals."""
    cells, design = psu_cells()
    made, times = estimate(cells, design), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        estimate(cells, design)
        times.append(time.perf_counter() - start)
    assert len(made.n) == CITIES * SEGMENTS * VARIABLES
    check_estimates(made, cells, design)
    tell("estimates_1800", statistics.median(times), ESTIMATES_S, psus=len(cells))


def estimate(cells: Sequence[Cells], design: Design) -> Estimates:
    ends = np.cumsum(design.sampled)[:-1].tolist()
    parts = zip([0, *ends], [*ends, len(cells)], strict=True)
    _, made = estimates([Stratum.of(cells[a:b]) for a, b in parts], has_design=True)
    return made


def check_estimates(made: Estimates, cells: Sequence[Cells], design: Design) -> None:
    """The cells of the first city against arrays of all PSUs."""
    wide = np.zeros((5, len(cells), SEGMENTS * VARIABLES))
    wide[:, :PSUS] = np.stack([psu.sums.reshape(5, -1) for psu in cells[:PSUS]], axis=1)
    n, W, T, W2, Q = wide
    expected = means(Totals(n.astype(np.int64), W, T, W2, Q), design)
    for ours, theirs in zip(made.rows(), expected, strict=False):
        np.testing.assert_allclose(numbers(ours), numbers(theirs), rtol=1e-9)
        assert ours.df == PSUS - 1


def numbers(row: Estimate) -> Floats:
    found = (row.estimate, row.se, row.deff, row.low, row.high, row.n_eff)
    return np.array(found, dtype=np.float64)


def population(people: int, seed: int = 1) -> Iterator[People]:
    """Blocks of people, one item score in twelve not applicable and one in twelve missing."""
    rng = np.random.default_rng(seed)
    codes = np.array([*range(0, SCALE + 1, 3), *range(0, SCALE + 1, 3)], dtype=np.uint8)
    codes = np.append(codes, [NOT_APPLICABLE, MISSING]).astype(np.uint8)
    for first in range(0, people, BLOCK):
        many = min(BLOCK, people - first)
        drawn = rng.integers(len(codes), size=(STANDARDS * ITEMS, many), dtype=np.uint8)
        yield People(codes[drawn], rng.random(many) + 0.5, rng.integers(GROUPS, size=many))


def scheme() -> SchemeSpec:
    names = [f"S{number}" for number in range(1, STANDARDS + 1)]
    validity = {"min_answered_items": "1/2", "min_standards": 4, "min_answered_weight": "3/4"}
    return small_scheme(dict.fromkeys(names, ITEMS), validity=validity, k=["1/3"], headline_k="1/3")


SCHEME = scheme()


def ours(block: People) -> Sums:
    people = score_people(SCHEME, block.items.T)
    counted, has_index = ~np.isnan(people.c), ~np.isnan(people.index)
    poor = people.poor[:, 0]
    columns = [(column, ~np.isnan(column)) for column in people.standards.T]
    columns += [(people.index, has_index), (people.c, counted), (poor * 1.0, counted)]
    return sums(block, [*columns, (people.c * poor, counted)])


def plain(block: People) -> Sums:
    """The same by an analyst who knows numpy: a column at a time, counts in bytes, then floats."""
    many = len(block.weights)
    index, available, deprived, answered, applying = (np.zeros(many) for _ in range(5))
    columns: list[tuple[NDArray[Any], Booleans]] = []
    for first in range(0, len(block.items), ITEMS):
        total, known, applies, below = (np.zeros(many, dtype=np.uint8) for _ in range(4))
        for column in block.items[first : first + ITEMS]:
            is_known = (column <= SCALE).view(np.uint8)
            total += column * is_known
            known += is_known
            applies += (column != NOT_APPLICABLE).view(np.uint8)
            below += (column < CUTOFF).view(np.uint8)
        valid = (known > 0) & (known * np.uint8(2) >= applies)
        score = total / np.maximum(known * np.float64(SCALE), 1.0)
        columns.append((score, valid))
        index += score * valid
        available += valid
        share = 1 / np.maximum(applies, np.float64(1))
        deprived += below * share
        answered += known * share
        applying += applies > 0
    index /= np.maximum(available, 1)
    counted = (answered > 0) & (answered >= (0.75 - NEARLY) * applying)
    c = deprived / np.maximum(answered, NEARLY)
    poor = c >= 1 / 3 - NEARLY
    columns += [(index, available >= STANDARDS - 1), (c, counted), (poor * 1.0, counted)]
    return sums(block, [*columns, (c * poor, counted)])


def sums(block: People, columns: Sequence[tuple[NDArray[Any], Booleans]]) -> Sums:
    """Sums by group, in one and the same way for both kernels."""
    made, done = nothing(), dict[int, NDArray[Any]]()
    for place, (y, valid) in enumerate(columns):
        if id(valid) not in done:
            done[id(valid)] = np.bincount(block.groups, block.weights * valid, GROUPS)
        wy = np.where(valid, block.weights * y, 0.0)
        made[place, 0] = np.bincount(block.groups, wy, GROUPS)
        made[place, 1] = done[id(valid)]
    return made


def nothing() -> Sums:
    return np.zeros((STANDARDS + 4, 2, GROUPS))


def check(found: Sums, expected: Sums) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def psu_cells(seed: int = 1) -> tuple[list[Cells], Design]:
    """Ten PSUs a city, ten cities a stratum, people of every segment in each PSU."""
    rng = np.random.default_rng(seed)
    names = tuple(f"v{number}" for number in range(VARIABLES))
    cells = []
    for psu in range(CITIES * PSUS):
        n = rng.integers(2, 9, size=(SEGMENTS, VARIABLES))
        W, y = n * (rng.random(n.shape) + 0.5), 0.3 + 0.4 * rng.random(n.shape)
        city = f"{psu // PSUS:03}"
        domains = tuple(Domain("city by segment", f"{city} {number}") for number in range(SEGMENTS))
        cells.append(Cells(names, domains, np.stack((n, W, W * y, W * W / n, W * y * y * 1.1))))
    stratum = np.repeat(np.arange(STRATA), CITIES * PSUS // STRATA)
    return cells, Design(stratum, np.bincount(stratum))


def peak_mb() -> float:
    """The most memory this process has held; a new program starts from nothing."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kilobytes = re.search(r"VmHWM:\s+(\d+)", status)
    assert kilobytes
    return int(kilobytes[1]) / KB


def tell_kernel(name: str, seconds: float, baseline: float, **more: float) -> None:
    """Measured beside its baseline, so that the machine and its load cancel out."""
    line = {"name": name, "ratio": round(seconds / baseline, 3), "seconds": round(seconds, 5)}
    write(**line, baseline_seconds=round(baseline, 5), bar=KERNEL_BAR, **more)


if __name__ == "__main__":
    main()
