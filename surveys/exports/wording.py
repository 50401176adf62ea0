"""The words of a data set in one of its form's languages: variables, choices, reasons for gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from surveys.exports.catalogue import Order
from surveys.questionnaires import form_of
from surveys.variables.missing import Missing
from surveys.variables.variable import Cell, Value, Variable

Words: TypeAlias = Mapping[tuple[str, Cell], str]

REASONS = {
    Missing.DONT_KNOW: gettext_noop("Don’t know"),
    Missing.REFUSED: gettext_noop("Prefer not to answer"),
    Missing.NOT_APPLICABLE: gettext_noop("Does not apply"),
    Missing.UNREADABLE: gettext_noop("Not readable as such a value"),
}
FACTS = {
    "interview_id": gettext_noop("Interview"),
    "person_key": gettext_noop("Person, called so for this audience alone"),
    "state": gettext_noop("State"),
    "outcome": gettext_noop("Outcome"),
    "site": gettext_noop("Site"),
    "city": gettext_noop("City"),
    "stratum": gettext_noop("Stratum"),
    "psu": gettext_noop("Primary sampling unit"),
    "enumerator": gettext_noop("Enumerator"),
    "started": gettext_noop("Started"),
    "ended": gettext_noop("Ended"),
    "received": gettext_noop("Received"),
    "form_version": gettext_noop("Version of the questionnaire"),
    "parent_key": gettext_noop("Key of the row that this one belongs to"),
    "key": gettext_noop("Key of this row"),
    "place": gettext_noop("Number within what it belongs to"),
}


class Table(Protocol):
    """What has variables; tables themselves stand on this module."""

    @property
    def variables(self) -> Iterable[Variable]: ...


@dataclass(frozen=True)
class Wording:
    """One language for all; `code` is the form's own, blank for a form without languages."""

    code: str

    def label(self, variable: Variable) -> str:
        if not variable.key and not variable.labels:
            return self._ours(FACTS.get(variable.name, ""))
        return self._pick(variable.labels)

    def values(self, variable: Variable) -> dict[int, str]:
        """Of a variable's choices, by code."""
        return {value.code: self.choice(value) for value in variable.values}

    def choice(self, value: Value) -> str:
        return self._pick(value.labels) or value.name

    def reasons(self, variable: Variable) -> dict[Missing, str]:
        """Of its gaps, in the form's own words where it has some. Facts have no reasons; dates with
        labels would be no dates for R.
        """
        if not variable.key or variable.is_moment:
            return {}
        return {
            reason: self._pick(variable.unsaid.get(reason, {})) or self._ours(words)
            for reason, words in REASONS.items()
        }

    def _pick(self, texts: Mapping[str, str]) -> str:
        return texts.get(self.code) or next(filter(None, texts.values()), "")

    def _ours(self, words: str) -> str:
        with translation.override(nearest(self.code)):
            return _(words) if words else ""


def wording_for(order: Order) -> Wording:
    """In the language that was asked for, else in that of the form."""
    current = order.questionnaire.current
    if current is None:
        return Wording("")
    form = form_of(current)
    return Wording(form.language_for(order.language) if order.language else form.default_language)


def words_for(order: Order, tables: Iterable[Table]) -> Words:
    """The wording of choices where an order wants labels: by the name of the variable and the code."""
    if not order.language:
        return {}
    wording = wording_for(order)
    return {
        (variable.name, float(code)): words
        for table in tables
        for variable in table.variables
        for code, words in wording.values(variable).items()
    }


def unsaid_for(order: Order, tables: Iterable[Table]) -> Words:
    """The same of don't know and refused where these are among a variable's choices."""
    if not order.language:
        return {}
    wording = wording_for(order)
    return {
        (variable.name, reason): wording.reasons(variable)[reason]
        for table in tables
        for variable in table.variables
        for reason in variable.unsaid
        if variable.values
    }


def nearest(code: str) -> str:
    """Our language for one of a form's: `zh-hans` for `zh`."""
    try:
        return translation.get_supported_language_variant(code or "en")
    except LookupError:
        return "en"
