"""Where in the text of a cell a word or a literal stands."""

import re

from surveys.xforms.linting.findings import Cell


def place_of(cell: Cell, word: str) -> int | None:
    match = re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", cell.text)
    return match.start() if match else None


def place_of_literal(cell: Cell, value: str) -> int | None:
    """Where a literal stands: inside its quotes where it has some."""
    match = re.search(rf"['\"‘’“”]({re.escape(value)})['\"‘’“”]", cell.text)
    return match.start(1) if match else place_of(cell, value)
