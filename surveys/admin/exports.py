"""An export as somebody asks for it: what, in which words, which answers."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.audiences import choices_of
from surveys.exports.catalogue import EXPORTS, Export, Order, languages_of
from surveys.layers import Layer
from surveys.memberships import has_role
from surveys.models import Audience, Role
from surveys.variables.listing import Several

SEVERAL = (  # for formats of statistical packages, GeoJSON and Parquet
    (Several.BOTH, gettext_lazy("one text, and 0 or 1 a choice")),
    (Several.SPLIT, gettext_lazy("0 or 1 a choice")),
    (Several.JOINED, gettext_lazy("one text")),
)
DERIVED = (
    ("", gettext_lazy("yes, but not in CSV")),
    ("yes", gettext_lazy("yes, in CSV too")),
    ("no", gettext_lazy("no")),
)


class ExportForm(forms.Form):
    """What to take away, in which words its cells speak, and for whom, where one may choose."""

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
    derived = forms.ChoiceField(
        label=gettext_lazy("With scores, weights and design"),
        required=False,
        choices=DERIVED,
        widget=forms.RadioSelect,
    )
    audience = forms.ModelChoiceField(
        Audience.objects.none(),
        label=gettext_lazy("For whom"),
        required=False,
        empty_label=gettext_lazy("for the office: names, ids and all"),
        blank=True,  # or the first button would be left out
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
        self._ask_for_whom(order)

    def _ask_for_whom(self, order: Order) -> None:
        """Coordinators alone choose."""
        if order.person is None or not has_role(order.person, order.survey.pk, Role.COORDINATOR):
            del self.fields["audience"]
            return
        field = self.fields["audience"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy
        field.queryset = choices_of(order.survey)

    def wanted(self) -> tuple[Export, Order]:
        """What a valid form asks for."""
        given = self.cleaned_data
        export = EXPORTS[given["kind"]]
        order = replace(
            self.bare,
            language=given["language"],
            layer=Layer(given["layer"] or Layer.CORRECTED),
            several=Several(given["several"] or Several.BOTH),
            audience=given.get("audience"),
            derived={"yes": True, "no": False}.get(given["derived"], export.is_statistical),
        )
        return export, order

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy
        field.choices = choices
        field.initial = choices[0][0]


def firsts() -> list[Export]:
    """One export of each thing: they all speak of the same rows."""
    return list({export.what: export for export in reversed(EXPORTS.values())}.values())[::-1]
