"""Only some of a questionnaire's interviews for a file, as somebody chooses them on a page."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.exports.catalogue import Order
from surveys.exports.selection import NotSelectable, Selection
from surveys.models import Interview
from surveys.wording import in_words

BETWEEN = re.compile(r"[\s,;，；、]+")


class SelectionForm(forms.Form):
    """Waves, where there are several, sites, states and days; nothing chosen takes all."""

    waves = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Waves"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    sites = forms.CharField(
        label=gettext_lazy("Sites"),
        required=False,
        help_text=gettext_lazy("Codes, with blanks or commas between."),
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=Interview.State.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    since = forms.DateField(
        label=gettext_lazy("Received from"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("to, that day included"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        waves = [(wave.number, str(wave)) for wave in order.survey.waves.all()]
        field = self.fields["waves"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - tells mypy
        field.choices = waves
        if len(waves) < 2:
            del self.fields["waves"]

    @property
    def is_used(self) -> bool:
        """Whether anything was chosen, rightly or wrongly."""
        return any(self[name].value() for name in self.fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        try:
            self.selection.require_known(self.order.survey, self.order.person)
        except NotSelectable as error:
            raise forms.ValidationError(in_words(error)) from error
        return given

    @property
    def selection(self) -> Selection:
        """What was chosen, of a form that was looked through."""
        given = self.cleaned_data
        return Selection(
            waves=tuple(given.get("waves", ())),
            sites=tuple(code for code in BETWEEN.split(given.get("sites", "")) if code),
            states=tuple(given.get("states", ())),
            since=given.get("since"),
            until=given.get("until"),
        )


def selection_in_words(written: Mapping[str, Any]) -> str:
    """A selection as an order has it, for the list of files; blank where it takes all."""
    return " · ".join(map(str, _parts(Selection.read(written))))


def _parts(selection: Selection) -> Iterator[str]:
    if selection.waves:
        yield _("waves: %(waves)s") % {"waves": ", ".join(map(str, selection.waves))}
    if selection.sites:
        yield _("sites: %(sites)s") % {"sites": ", ".join(selection.sites)}
    for state in selection.states:
        yield str(Interview.State(state).label)
    if selection.since:
        yield _("received from %(day)s") % {"day": date_format(selection.since)}
    if selection.until:
        yield _("received until %(day)s") % {"day": date_format(selection.until)}
