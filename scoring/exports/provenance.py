"""By which scheme the scores of a package were given."""

from collections.abc import Mapping
from typing import Any

from scoring.exports.derived import scheme_for
from surveys.exports.catalogue import Order


def scheme_told(order: Order) -> Mapping[str, Any]:
    """Of orders that have scores; nothing where there is no scheme."""
    scheme = scheme_for(order) if order.derived else None
    if scheme is None:
        return {}
    told = {"name": scheme.name, "sha256": scheme.sha256, "revision": scheme.revision}
    return {"scheme": told}
