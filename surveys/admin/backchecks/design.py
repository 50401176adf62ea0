"""A back-check as a coordinator asks for it: which questions, compared how, how many, by whom."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.admin.access import keys_in
from surveys.admin.backchecks.words import TYPES, Wording
from surveys.asked import Asked
from surveys.backchecks.questions import Again, askable_in
from surveys.backchecks.setup import HIGHEST_SEED, Design, possible_checkers
from surveys.models import Survey, User
from surveys.quality.backchecks import Type
from surveys.quality.fieldwork import Kind
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import relative
from surveys.xforms.shortening import Lost


class DesignForm(forms.Form):
    """How many interviews, and who visits again."""

    share = forms.FloatField(
        label=gettext_lazy("Of each enumerator’s interviews, percent"),
        min_value=0.1,
        max_value=100,
        initial=10,
    )
    least = forms.IntegerField(
        label=gettext_lazy("At least, of each enumerator"),
        min_value=0,
        max_value=1_000,
        initial=2,
        help_text=gettext_lazy("Drawn when you fill up, at the end of the fieldwork."),
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        min_value=0,
        max_value=HIGHEST_SEED,
        required=False,
        help_text=gettext_lazy(
            "Blank: one is made. It is kept, so that the draw can be repeated; only coordinators see it."
        ),
    )
    checkers: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        label=gettext_lazy("Who visits again"),
        help_text=gettext_lazy(
            "Nobody gets an interview of their own, nor one of a team they lead."
        ),
        error_messages={"required": gettext_lazy("Choose at least one person.")},
    )

    def __init__(self, survey: Survey, data: QueryDict | None = None) -> None:
        super().__init__(data)
        field: Any = self.fields["checkers"]
        field.queryset = possible_checkers(survey)
        self.people = list(field.queryset)

    @property
    def chosen_people(self) -> frozenset[int]:
        given: Any = self.data
        return frozenset(keys_in(given.getlist("checkers"))) if self.is_bound else frozenset()

    def design(self, questions: Sequence[Again]) -> Design:
        given = self.cleaned_data
        return Design(tuple(questions), given["share"] / 100, given["least"], given["seed"])


@dataclass(frozen=True)
class Rule:
    """A chosen question with how it is compared; `fault` is what is wrong with that, if anything."""

    question: Again
    words: str
    kind: Kind
    tolerance: str
    same: str
    skipped: str
    fault: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind is Kind.NUMBER

    @property
    def is_text(self) -> bool:
        return self.kind is Kind.TEXT


@dataclass(frozen=True)
class Offered:
    place: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class Section:
    title: str
    questions: tuple[Offered, ...]

    @property
    def chosen(self) -> int:
        return sum(one.is_chosen for one in self.questions)


def sections_of(form: FormDef, chosen: Collection[str]) -> list[Section]:
    """What can be asked again, as the form has it."""
    wording, found = Wording(form), dict[str, list[Offered]]()
    for one in askable_in(form):
        found.setdefault(one.section, []).append(
            Offered(one.place, wording.question(one.place), one.place in chosen)
        )
    titles = {
        relative(group.path): wording.text(group.labels) for group in form.sections if group.path
    }
    return [
        Section(titles.get(place) or _("At the beginning"), tuple(some))
        for place, some in found.items()
    ]


def rules_in(data: QueryDict, form: FormDef) -> list[Rule]:
    """The chosen questions in the order of the form, with what was given about each."""
    chosen, wording = frozenset(data.getlist("ask")), Wording(form)
    return [_rule(data, one, wording) for one in askable_in(form) if one.place in chosen]


def _rule(data: QueryDict, asked: Asked, wording: Wording) -> Rule:
    place = asked.place
    given = {
        name: data.get(f"{name}:{place}", "").strip() for name in ("type", "within", "same", "skip")
    }
    offered = {str(int(one)): one for one in Type}
    question = Again(
        place,
        offered.get(given["type"], Type.SKILL),
        is_relative=f"part:{place}" in data,
        same=_listed(given["same"]),
        skipped=_listed(given["skip"]),
        is_loose=f"loose:{place}" in data,
    )
    rule = Rule(
        question, wording.question(place), asked.kind, given["within"], given["same"], given["skip"]
    )
    return _with_tolerance(rule)


def _with_tolerance(rule: Rule) -> Rule:
    """A part of the first answer is given in percent."""
    if not rule.tolerance or not rule.is_number:
        return rule
    try:
        number = float(rule.tolerance.replace(",", "."))
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        return replace(rule, fault=_("Write a number, such as 2 or 10, or leave it blank."))
    size = number / 100 if rule.question.is_relative else number
    return replace(rule, question=replace(rule.question, tolerance=size))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.replace(",", " ").replace("，", " ").split()))


def types() -> list[tuple[int, str]]:
    return [(int(one), str(words)) for one, words in TYPES.items()]


@dataclass(frozen=True)
class LostRules:
    """Rules that cannot be kept without a question: its words, and where it can be ticked, its place."""

    needed: str
    place: str
    names: tuple[str, ...]


COLUMNS: Mapping[str, Any] = {
    "relevant": gettext_lazy("when it is asked"),
    "constraint": gettext_lazy("what is allowed"),
    "choice_filter": gettext_lazy("which choices are offered"),
    "required": gettext_lazy("whether it must be answered"),
    "label": gettext_lazy("its words"),
    "calculation": gettext_lazy("its calculation"),
    "default": gettext_lazy("what is filled in"),
}


def lost_in(lost: Sequence[Lost], form: FormDef) -> Iterator[LostRules]:
    """By the question that is needed, with what is lost of which others."""
    wording = Wording(form)
    askable = {one.place.rpartition("/")[2]: one.place for one in askable_in(form)}
    by_need: dict[str, list[str]] = {}
    for one in lost:
        for need in one.needs:
            said = f"{one.name} ({COLUMNS.get(one.column, one.column)})"
            by_need.setdefault(need, []).append(said)
    for need, names in by_need.items():
        place = askable.get(need, "")
        words = wording.question(place) if place else need
        yield LostRules(words, place, tuple(dict.fromkeys(names)))
