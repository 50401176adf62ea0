"""A full disk, said by all writers in the same way."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from polars.exceptions import ComputeError
from pyreadstat import ReadstatError
from xlsxwriter.exceptions import FileCreateError

from surveys.jobs import NO_ROOM

SAID = (
    "Unable to write data",
    "Invalid thrift: transport error",
    *(f"(os error {code})" for code in NO_ROOM),
)


@contextmanager
def writing() -> Iterator[None]:
    """Around writers of other people: raises OSError where they found no room, whatever they raise."""
    try:
        yield
    except FileCreateError as error:  # holds the OSError
        raise error.args[0] from error
    except (ReadstatError, ComputeError) as error:
        if any(words in str(error) for words in SAID):
            raise no_room() from error
        raise


def no_room() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
