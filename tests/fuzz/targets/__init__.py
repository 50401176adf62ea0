"""Everything that is fuzzed, by name."""

from collections.abc import Mapping

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    filters,
    imports,
    instances,
    lists,
    parcels,
    schemes,
    syntax,
    workbooks,
    xforms,
)

TARGETS: Mapping[str, Target] = {
    "expressions": syntax.TARGET,
    "filters": filters.TARGET,
    "imports": imports.TARGET,
    "instances": instances.TARGET,
    "lists": lists.TARGET,
    "parcels": parcels.TARGET,
    "schemes": schemes.TARGET,
    "workbooks": workbooks.TARGET,
    "xforms": xforms.TARGET,
}
