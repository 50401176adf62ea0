"""An export as somebody asks for it: what, in which words, which answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.admin.selecting import selection_in_words
from surveys.audiences import choices_of
from surveys.exports.catalogue import EXPORTS, Export, Order, languages_of
from surveys.exports.interviews import has_files
from surveys.exports.selection import EVERYTHING, Selection
from surveys.layers import Layer
from surveys.memberships import has_role
from surveys.models import Audience, Job, Role
from surveys.variables.listing import Several

WORDED = frozenset({"submissions", "package"})  # what the choices below are about
SEVERAL = (  # for formats of statistical packages, GeoJSON and Parquet
    (Several.BOTH, gettext_lazy("one text, and 0 or 1 a choice")),
    (Several.SPLIT, gettext_lazy("0 or 1 a choice")),
    (Several.JOINED, gettext_lazy("one text")),
)
PACKED = [  # formats have the same names in all languages
    ("csv", "CSV"),
    ("xlsx", "Excel"),
    ("dta", "Stata"),
    ("sav", "SPSS"),
    ("parquet", "Parquet"),
    ("geojson", "GeoJSON"),
]
FILES = (
    ("", gettext_lazy("left out")),
    ("yes", gettext_lazy("in the package too")),
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
    formats = forms.MultipleChoiceField(
        label=gettext_lazy("Formats in the package"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    attached = forms.ChoiceField(
        label=gettext_lazy("Pictures, sounds and other files of answers"),
        required=False,
        choices=FILES,
        widget=forms.RadioSelect,
    )
    audience = forms.ModelChoiceField(
        Audience.objects.none(),
        label=gettext_lazy("Who gets the file"),
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
        kinds = [(one.kind, one.title) for one in EXPORTS.values() if one.suits(order)]
        labels = [(code, name) for code, name in languages_of(order.questionnaire).items() if code]
        words = [(code, _("labels, %(language)s") % {"language": name}) for code, name in labels]
        self._choose("kind", kinds)
        self._choose("language", [("", _("values, as stored")), *words])
        self._ask_for_formats(order)
        self._ask_for_whom(order)
        if not has_files(order):
            del self.fields["attached"]

    def _ask_for_formats(self, order: Order) -> None:
        """All that the questionnaire has anything for are ticked."""
        packed = [one for one in PACKED if EXPORTS[f"submissions_{one[0]}"].suits(order)]
        self._choose("formats", packed)
        self.fields["formats"].initial = [name for name, _title in packed]

    def _ask_for_whom(self, order: Order) -> None:
        """Coordinators alone choose."""
        if order.person is None or not has_role(order.person, order.survey.pk, Role.COORDINATOR):
            del self.fields["audience"]
            return
        field = self.fields["audience"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy
        field.queryset = choices_of(order.survey)

    def wanted(self, selection: Selection = EVERYTHING) -> tuple[Export, Order]:
        """What a valid form asks for, of these interviews."""
        given = self.cleaned_data
        export = EXPORTS[given["kind"]]
        order = replace(
            self.bare,
            language=given["language"],
            layer=Layer(given["layer"] or Layer.CORRECTED),
            several=Several(given["several"] or Several.BOTH),
            audience=given.get("audience"),
            derived={"yes": True, "no": False}.get(given["derived"], export.is_statistical),
            formats=self._formats(),
            files=bool(given.get("attached")),
            selection=selection,
        )
        return export, order

    def _formats(self) -> tuple[str, ...]:
        """Those of the package; blank for all."""
        formats: list[str] = self.cleaned_data["formats"]
        is_all = set(formats) == set(self.fields["formats"].initial)
        return () if is_all else tuple(formats)

    def said(self) -> dict[str, str]:
        """What was chosen, for the page to be as it was: the next file is often much the same."""
        names = (name for name in self.fields if name != "formats")
        return {name: said for name in names if (said := self.data.get(name))}

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy
        field.choices = choices
        field.initial = choices[0][0]


def wish_of(job: Job, audiences: Mapping[int, str]) -> str:
    """What somebody chose for a file beside its kind, in words; `audiences` are names by key."""
    said: Mapping[str, Any] = job.params
    chosen = selection_in_words(said.get("selection", {}))
    if job.kind not in EXPORTS or EXPORTS[job.kind].what not in WORDED:
        return chosen
    wishes: list[Any] = []
    if said.get("language"):
        wishes.append(_("labels, %(language)s") % {"language": said["language"]})
    if (several := said.get("several", Several.BOTH)) != Several.BOTH:
        wishes.append(_("several answers: %(how)s") % {"how": dict(SEVERAL)[Several(several)]})
    if said.get("derived") is not EXPORTS[job.kind].is_statistical:
        wishes.append(_("with scores and weights") if said.get("derived") else _("no scores"))
    wishes.append(Layer(said.get("layer", Layer.CORRECTED)).label)
    if formats := said.get("formats"):
        wishes.append(", ".join(dict(PACKED)[name] for name in formats))
    if said.get("files"):
        wishes.append(_("with pictures, sounds and other files"))
    if name := audiences.get(said.get("audience") or 0):
        wishes.append(_("for %(audience)s") % {"audience": name})
    if chosen:
        wishes.append(chosen)
    return " · ".join(map(str, wishes))


def firsts() -> list[Export]:
    """One export of each thing: they all speak of the same rows."""
    return list({export.what: export for export in reversed(EXPORTS.values())}.values())[::-1]
