"""What of XLSForm works here: the matrix by which forms are refused, checked and documented.

`features.json` is the matrix. A status says what the web page does; devices with ODK Collect get
the XForm as it is.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KINDS = ("type", "appearance", "column", "parameter", "setting", "sheet", "function")
STATUSES = ("works", "partly", "ignored", "refused")
_MATRIX = Path(__file__).with_name("features.json")


@dataclass(frozen=True)
class Feature:
    """One thing that an XLSForm can say. `note` is a sentence in English, marked for translation
    in `feature_notes`; it stands where the status is not simply "works".
    """

    kind: str
    name: str
    status: str
    note: str = ""


@cache
def features() -> tuple[Feature, ...]:
    return tuple(Feature(**row) for row in json.loads(_MATRIX.read_text("utf-8")))


@cache
def _by_name() -> dict[tuple[str, str], Feature]:
    return {(feature.kind, feature.name): feature for feature in features()}


def find(kind: str, name: str) -> Feature | None:
    """The feature of that kind and name, if the matrix knows it."""
    return _by_name().get((kind, name))


def refusal(kind: str, name: str) -> str:
    """Why a feature is refused and what to do instead, blank where it is not refused."""
    feature = find(kind, name)
    return feature.note if feature and feature.status == "refused" else ""


def names(kind: str, statuses: Iterable[str] = STATUSES) -> frozenset[str]:
    wanted = frozenset(statuses)
    return frozenset(f.name for f in features() if f.kind == kind and f.status in wanted)
