"""Choosing one or several of the answers offered."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import AnswerField
from surveys.webform.prompts import Medium, Option, Prompt
from surveys.xforms.evaluation import MISSING_CODES
from surveys.xforms.instance import without_controls

OPTIONS = "surveys/questions/options.html"
SELECT = "surveys/questions/select.html"
SET_APART = MISSING_CODES | {""}  # no answer to be had, or none given
ACKNOWLEDGED = "OK"
MOST_COLUMNS = 10


@dataclass(frozen=True)
class Row:
    """An option as a page shows it now."""

    name: str
    label: SafeString | str
    is_chosen: bool
    media: tuple[Medium, ...] = ()


class ChoiceField(AnswerField):
    """A list of options, in the arrangement that the appearance asks for."""

    template = OPTIONS
    input_type = "radio"

    def chosen(self, bound: BoundField) -> list[str]:
        value = bound.value() or ""
        return value if isinstance(value, list) else self.prompt.question.chosen(str(value))

    def options(self) -> list[Option]:
        return list(self.prompt.options)

    def context(self, bound: BoundField) -> dict[str, object]:
        chosen = set(self.chosen(bound))
        rows = [Row(o.name, o.label or o.name, o.name in chosen, o.media) for o in self.options()]
        if self.has_blank:
            rows.append(Row("", _("Leave blank"), not chosen and bound.form.is_bound))
        return {
            "input_type": self.input_type,
            "rows": [row for row in rows if row.name not in SET_APART],
            "apart": [row for row in rows if row.name in SET_APART],
            "arrangement": arrangement_of(self.prompt.appearances),
            "is_dynamic": self.prompt.is_dynamic,
        }

    @property
    def has_blank(self) -> bool:
        return False


class OneOf(ChoiceField):
    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, forms.RadioSelect())

    @property
    def has_blank(self) -> bool:
        """Whether a choice can be taken back without scripts."""
        return self.prompt.is_optional and not self.has_nothing_to_offer


class ManyOf(ChoiceField):
    """Chosen names with spaces between them, as instances hold them."""

    input_type = "checkbox"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, forms.CheckboxSelectMultiple())

    def clean(self, value: Any) -> str:
        return " ".join(without_controls(name).strip() for name in value or ()).strip()

    def remarks(self) -> list[str]:
        return [_("Choose all that apply.")]

    def context(self, bound: BoundField) -> dict[str, object]:
        is_folded = not self.prompt.appearances.isdisjoint({"minimal", "autocomplete"})
        return {**super().context(bound), "is_folded": is_folded}


class Acknowledged(ManyOf):
    """A box to tick when something is done."""

    def options(self) -> list[Option]:
        return [Option(ACKNOWLEDGED, SafeString(""), _("Done"))]

    def context(self, bound: BoundField) -> dict[str, object]:
        rows = [Row(ACKNOWLEDGED, _("Done"), ACKNOWLEDGED in self.chosen(bound))]
        return {"input_type": self.input_type, "rows": rows}

    def chosen(self, bound: BoundField) -> list[str]:
        value = bound.value() or ""
        return value if isinstance(value, list) else [value]

    def remarks(self) -> list[str]:
        return []


class Native(ChoiceField):
    """One of many in the browser's own drop-down list."""

    template = SELECT

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, forms.Select())

    def context(self, bound: BoundField) -> dict[str, object]:
        chosen = set(self.chosen(bound))
        rows = [Row(o.name, o.text, o.name in chosen) for o in self.options()]
        return {"rows": rows, "is_dynamic": self.prompt.is_dynamic}


def arrangement_of(appearances: frozenset[str]) -> str:
    """The classes that arrange options: `likert`, `columns-3`, `pack`, `bare`."""
    classes = {
        "likert": "likert",
        "columns": "columns",
        "columns-flex": "pack",
        "columns-pack": "pack",
    }
    classes |= {
        "no-buttons": "bare",
        "compact": "pack",
        "quickcompact": "pack",
        "horizontal": "pack",
    }
    found = [classes[name] for name in sorted(appearances & classes.keys())]
    for name in sorted(appearances):
        count = name.rpartition("-")[2]
        if name.startswith(("columns-", "compact-", "quickcompact-")) and count.isdecimal():
            found.append(f"columns-{min(max(int(count), 1), MOST_COLUMNS)}")
    return " ".join(dict.fromkeys(found))
