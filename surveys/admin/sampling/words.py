"""What is wrong with a frame or a plan, and how one can be drawn, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.sampling.frame import Fault, Wrong
from surveys.sampling.plan import Against, Allocation, Method, Order, PlanFault

METHODS: Mapping[Method, Promise] = {
    Method.SIMPLE: gettext_lazy("Simple: every set of sites has the same chance"),
    Method.SYSTEMATIC: gettext_lazy("Systematic: every k-th of the list, from a random start"),
    Method.PPS: gettext_lazy("In proportion to size (PPS, systematic)"),
}
ALLOCATIONS: Mapping[Allocation, Promise] = {
    Allocation.PROPORTIONAL: gettext_lazy("In proportion to their number of units"),
    Allocation.SIZE: gettext_lazy("In proportion to the sum of their sizes"),
    Allocation.EQUAL: gettext_lazy("The same number in each"),
    Allocation.FIXED: gettext_lazy("The numbers that I give below"),
    Allocation.NEYMAN: gettext_lazy("By size and spread (Neyman), with the spreads given below"),
}
ORDERS: Mapping[Order, Promise] = {
    Order.LISTED: gettext_lazy("By city, PSU and code: spreads the sample over the cities"),
    Order.SHUFFLED: gettext_lazy("In random order"),
}
COUNTS: Mapping[str, Promise] = {
    "fewest": gettext_lazy("Fewest in a stratum: give 1 or more."),
    "replacements": gettext_lazy("Replacements: give 0 or more."),
    "target": gettext_lazy("Interviews at each site: give 1 or more, the weights are made of it."),
}
IN_A_FRAME: Mapping[Wrong, Promise] = {
    Wrong.NO_ROWS: gettext_lazy("The file has no line below its headings."),
    Wrong.COLUMN_MISSING: gettext_lazy("The column code is missing. Every unit needs one."),
    Wrong.COLUMN_REPEATED: gettext_lazy(
        "The heading “%(value)s” means %(column)s once more. Keep one."
    ),
    Wrong.CELL_WITHOUT_HEADING: gettext_lazy("“%(value)s” stands in a column without a heading."),
    Wrong.BLANK: gettext_lazy("%(column)s is blank."),
    Wrong.TOO_LONG: gettext_lazy("%(column)s is longer than %(value)s characters."),
    Wrong.REPEATED: gettext_lazy("The code is that of row %(value)s. Give each unit its own."),
    Wrong.NOT_A_NUMBER: gettext_lazy(
        "%(column)s: “%(value)s” is no number. Write digits only, such as 12 or 12.5."
    ),
    Wrong.NOT_POSITIVE: gettext_lazy(
        "%(column)s: %(value)s is not above 0. Leave it blank if unknown."
    ),
    Wrong.UNKNOWN: gettext_lazy(
        "%(column)s: there is no %(value)s here. Add it first, or mend the code."
    ),
    Wrong.OUTSIDE: gettext_lazy("%(column)s: %(value)s degrees is not on earth."),
    Wrong.SWAPPED: gettext_lazy("Latitude and longitude are swapped."),
    Wrong.HALF_A_PLACE: gettext_lazy("%(column)s is blank. Give both coordinates or none."),
}
AGAINST_A_PLAN: Mapping[Against, Promise] = {
    Against.NO_UNITS: gettext_lazy("The frame is empty. Import it first."),
    Against.REPEATED_UNIT: gettext_lazy("Stratum %(stratum)s has the unit %(value)s twice."),
    Against.TOO_FEW: gettext_lazy("%(stratum)s: draw at least %(value)s."),
    Against.TOO_MANY: gettext_lazy("%(stratum)s: there are only %(value)s to draw from."),
    Against.UNKNOWN_STRATUM: gettext_lazy("The frame has no stratum %(stratum)s any more."),
    Against.MISSING_STRATUM: gettext_lazy("Stratum %(stratum)s: give its number below."),
    Against.BAD_SPREAD: gettext_lazy("Stratum %(stratum)s: a spread is a number from 0 up."),
}


def fault_in_words(fault: Fault) -> str:
    """What is wrong in a row of a frame; where, the caller says."""
    return str(IN_A_FRAME[fault.code]) % {"column": fault.column, "value": fault.value}


def plan_faults_in_words(faults: tuple[PlanFault, ...]) -> list[str]:
    """Each kind of fault once, units without a size counted together."""
    sizeless = [fault.value for fault in faults if fault.code is Against.NO_SIZE]
    said = [_plan_fault(fault) for fault in faults if fault.code is not Against.NO_SIZE]
    if sizeless:
        text = _("%(count)s units have no size: %(codes)s. Give it in the frame.")
        codes = ", ".join(sizeless[:5]) + (" …" if len(sizeless) > 5 else "")
        said.append(text % {"count": len(sizeless), "codes": codes})
    return said


def _plan_fault(fault: PlanFault) -> str:
    if fault.code is Against.BAD_COUNT:
        return str(COUNTS[fault.value])
    stratum = fault.stratum or _("In all")
    return str(AGAINST_A_PLAN[fault.code]) % {"stratum": stratum, "value": fault.value}
