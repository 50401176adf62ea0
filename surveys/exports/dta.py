"""What the writer of .dta files cannot do: say why a cell is empty, and forget when it was.

The file's format is Stata's 118, whose parts are where its map says.
"""

from pathlib import Path

import numpy as np
import polars as pl

from surveys.exports.disk import no_room

MISSING = 2.0**1023  # from here on numbers are gaps to Stata: `.`, `.a`, `.b` ...
MISSING_CODE = 2_147_483_621  # the same where choices are labelled
MAP, PARTS = b"<map>", 14
TYPES, TEXTS, DATA = 2, 3, 9  # parts of the map: types end where names of variables begin
TYPES_TAG, TYPES_END, DATA_TAG = map(len, (b"<variable_types>", b"</variable_types>", b"<data>"))
LONGEST = 2045  # bytes of a text in its row; a type up to here is a text's width
ROWS = 5_000  # that are filled at once
WIDTH = 8  # of all else: numbers, and places of longer texts
HEADER_BYTES = 2_000
TIMESTAMP = b"<timestamp>"
END = b"</stata_dta>"
EARLIEST = b"01 Jan 1980 00:00"


def gap(letter: str) -> float:
    """The number that stands for `.d`."""
    return MISSING * (1 + _place(letter) / 2**12)


def gap_code(letter: str) -> int:
    """The code under which `.d` is labelled."""
    return MISSING_CODE + _place(letter)


def _place(letter: str) -> int:
    return ord(letter) - ord("a") + 1


def without_gaps(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as the writer takes it: gaps are plain ones."""
    number = pl.col(pl.Float64)
    return frame.with_columns(pl.when(number < MISSING).then(number))


def finish(path: Path, frame: pl.DataFrame) -> None:
    """Put the frame's gaps into the file that was written without, and let equal data make equal
    files. The writer sees no full disk before the data: raises OSError where the end is missing.
    """
    with path.open("r+b") as file:
        header = file.read(HEADER_BYTES)
        file.seek(max(0, path.stat().st_size - len(END)))
        if file.read() != END:
            raise no_room()
        file.seek(header.index(TIMESTAMP) + len(TIMESTAMP) + 1)  # a byte tells its length
        file.write(EARLIEST)
    told = list(gaps_in(frame))
    if told:
        _fill(path, header, frame, told)


def gaps_in(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """By column that has some, the rows whose cells are empty for a reason."""
    numbers = (column for column in frame if column.dtype == pl.Float64)
    rows = {column.name: (column >= MISSING).arg_true() for column in numbers}
    return {name: found for name, found in rows.items() if len(found)}


def _fill(path: Path, header: bytes, frame: pl.DataFrame, told: list[str]) -> None:
    parts = np.frombuffer(header, "<u8", PARTS, header.index(MAP) + len(MAP))
    with path.open("rb") as file:
        file.seek(int(parts[TYPES]) + TYPES_TAG)
        size = int(parts[TEXTS] - parts[TYPES]) - TYPES_TAG - TYPES_END
        types = np.frombuffer(file.read(size), "<u2")
    widths = np.where(types <= LONGEST, types, WIDTH).astype(np.int64)
    begins = dict(zip(frame.columns, (np.cumsum(widths) - widths).tolist(), strict=True))
    width, first = int(widths.sum()), int(parts[DATA]) + DATA_TAG
    for start in range(0, len(frame), ROWS):
        block = frame.slice(start, ROWS)
        cells = np.memmap(path, np.uint8, "r+", first + start * width, (len(block), width))
        for name, rows in gaps_in(block.select(told)).items():
            numbers = block[name].gather(rows).to_numpy().astype("<f8")
            numbers = numbers.view(np.uint8).reshape(-1, WIDTH)
            cells[rows.to_numpy(), begins[name] : begins[name] + WIDTH] = numbers
