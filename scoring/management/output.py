"""What commands print, line by line."""

import os
import sys
from collections.abc import Iterable

from django.core.management.base import OutputWrapper


def print_lines(out: OutputWrapper, lines: Iterable[str]) -> None:
    """Write lines until there are no more, or whoever reads them, such as `head`, has enough."""
    try:
        for line in lines:
            out.write(line)
        out.flush()
    except BrokenPipeError:
        # Python writes what is left once more when it ends, and must not fail then either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
