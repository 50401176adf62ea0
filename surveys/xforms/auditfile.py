"""audit.csv as our own pages write it: its name, and the columns that a form asks for."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

NAME = "audit.csv"
PLACE = ("latitude", "longitude", "accuracy")
CHANGES = ("old-value", "new-value")


def columns_of(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """In the order of ODK Collect. `parameters` are those of the question of type `audit`."""
    further = {
        "location-priority": PLACE,
        "track-changes": CHANGES,
        "identify-user": ("user",),
    }
    asked = (further[name] for name in further if parameters.get(name, "false") != "false")
    return ("event", "node", "start", "end", *(name for names in asked for name in names))


def row(columns: Sequence[str], cells: Mapping[str, object]) -> str:
    """A line of the file; what is not among the cells is blank."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow([cells.get(name, "") for name in columns])
    return text.getvalue()
