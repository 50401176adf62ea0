"""An export as somebody asks for it: what, in which words, which answers."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.exports.catalogue import EXPORTS, Export, Order, languages_of
from surveys.layers import Layer
from surveys.variables.listing import Several

SEVERAL = (  # for formats of statistical packages, GeoJSON and Parquet
    (Several.BOTH, gettext_lazy("one text, and 0 or 1 a choice")),
    (Several.SPLIT, gettext_lazy("0 or 1 a choice")),
    (Several.JOINED, gettext_lazy("one text")),
)


class ExportForm(forms.Form):
    """What to take away, and in which words its cells speak."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=gettext_lazy("Cells hold"), required=False, widget=forms.RadioSelect
    )
    several = forms.ChoiceField(
        label=gettext_lazy("Questions with several answers"),
        required=False,
        choices=SEVERAL,
        initial=Several.BOTH,
        widget=forms.RadioSelect,
    )
    layer = forms.ChoiceField(
        label=gettext_lazy("Which answers"),
        required=False,
        choices=Layer.choices,
        initial=Layer.CORRECTED,
        widget=forms.RadioSelect,
    )

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bare = order
        kinds = [(export.kind, export.title) for export in EXPORTS.values()]
        labels = [(code, name) for code, name in languages_of(order.questionnaire).items() if code]
        words = [(code, _("labels, %(language)s") % {"language": name}) for code, name in labels]
        self._choose("kind", kinds)
        self._choose("language", [("", _("values, as stored")), *words])

    def wanted(self) -> tuple[Export, Order]:
        """What a valid form asks for."""
        given = self.cleaned_data
        order = replace(
            self.bare,
            language=given["language"],
            layer=Layer(given["layer"] or Layer.CORRECTED),
            several=Several(given["several"] or Several.BOTH),
        )
        return EXPORTS[given["kind"]], order

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy
        field.choices = choices
        field.initial = choices[0][0]


def firsts() -> list[Export]:
    """One export of each thing: they all speak of the same rows."""
    return list({export.what: export for export in reversed(EXPORTS.values())}.values())[::-1]
