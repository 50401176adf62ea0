"""Every function that forms may call, by name, with how many values it takes."""

from collections.abc import Mapping

from surveys.formlogic.functions import (
    dates,
    geometry,
    instances,
    nodes,
    numbers,
    patterns,
    randomness,
    secrets,
    strings,
)
from surveys.formlogic.functions.signature import Function

FUNCTIONS: Mapping[str, Function] = {
    **strings.FUNCTIONS,
    **numbers.FUNCTIONS,
    **dates.FUNCTIONS,
    **nodes.FUNCTIONS,
    **instances.FUNCTIONS,
    **geometry.FUNCTIONS,
    **patterns.FUNCTIONS,
    **randomness.FUNCTIONS,
    **secrets.FUNCTIONS,
}
