"""Variables as an audience gets them: their types and labels say what is left of the answers."""

from dataclasses import replace

from django.utils.translation import gettext as _

from surveys.disclosure.coarseness import Dates
from surveys.disclosure.terms import Terms
from surveys.exports.catalogue import Order
from surveys.exports.derived import in_languages
from surveys.variables.variable import Kind, Variable


def coarse(variable: Variable, terms: Terms | None, order: Order) -> Variable:
    """The variable of what `terms.coarsening` and `terms.fact` leave; the same where it is no
    audience's.
    """
    if terms is None:
        return variable
    if variable.kind is Kind.DATETIME and terms.dates is not Dates.EXACT:
        variable = replace(variable, kind=Kind.DATE)
    remarks = in_languages(order, lambda: _remark(variable, terms))
    labels = {code: f"{label}{remarks.get(code, '')}" for code, label in variable.labels.items()}
    return replace(variable, labels=labels)


def _remark(variable: Variable, terms: Terms) -> str:
    """What the label says besides; facts have labels of their own, which stay."""
    if variable.is_moment and terms.dates is Dates.WEEK:
        return _(" [Monday of the week]")
    if variable.is_moment and terms.dates is Dates.MONTH:
        return _(" [first day of the month]")
    if variable.key in terms.widths and variable.kind in (Kind.INTEGER, Kind.DECIMAL):
        return _(" [lowest of a band of %(width)s]") % {"width": f"{terms.widths[variable.key]:g}"}
    if variable.part is not None and terms.decimals is not None:
        return _(" [%(decimals)s decimals]") % {"decimals": terms.decimals}
    return ""
