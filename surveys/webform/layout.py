"""A section's crispy layout: which template shows which question, in the form's order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django.utils.translation import gettext as _

from surveys.webform.fields.choices import SET_APART
from surveys.webform.parts import (
    Asked,
    AskedInRow,
    GridPart,
    GroupPart,
    InstancePart,
    Known,
    Part,
    RepeatPart,
    Shown,
    Told,
)
from surveys.webform.places import Placed, PlacedGroup, PlacedQuestion, PlacedRepeat
from surveys.webform.prompts import Prompt, Speech


@dataclass(frozen=True)
class SectionLayout:
    """What decides how a section is laid out.

    Only places that are `shown` are there; None shows all, for pages that find out by themselves.
    `known` are the server's own answers and `fixed` those that nobody may change, `problems` are
    sentences, all by place. `closed` are repeats, by place, that do not apply.
    """

    speech: Speech
    shown: frozenset[str] | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def helper(self, section: PlacedGroup) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True  # the page's own form carries the token
        helper.form_show_errors = False  # the page's own summary links to each
        helper.layout = Layout(*self._parts(section.children, section))
        return helper

    def _parts(self, children: Sequence[Placed], parent: PlacedGroup) -> list[Any]:
        parts: list[Any] = []
        waiting = [child for child in children if self._is_there(child)]
        while waiting:
            rows = rows_of_table(waiting)
            if rows:
                parts.append(self._table(rows, parts))
                waiting = waiting[len(rows) :]
                continue
            child = waiting.pop(0)
            part = self._part(child, parent)
            if part is not None:
                parts.append(part)
        return parts

    def _is_there(self, child: Placed) -> bool:
        if isinstance(child, PlacedQuestion):
            return self.shown is None or child.place in self.shown
        return not isinstance(child, PlacedRepeat) or child.place not in self.closed

    def _part(self, child: Placed, parent: PlacedGroup) -> Part | None:
        if isinstance(child, PlacedQuestion):
            return self._question(self.speech.prompt(child))
        if isinstance(child, PlacedRepeat):
            has_any = child.instances or child.blank or child.group.count is None
            is_section = child.group is parent.group
            return self._repeat(child, is_section=is_section) if has_any else None
        inside = self._parts(child.children, child)
        return GroupPart(self.speech, child, inside) if inside else None

    def _question(self, prompt: Prompt) -> Part:
        place = prompt.place
        if place in self.known:
            answer = prompt.answer(self.known[place])
            return Known(prompt, answer, self.problems.get(place, ""))
        if place in self.fixed:
            return Shown(prompt, prompt.answer(self.fixed[place]))
        return Asked(prompt) if prompt.question.takes_answer else Told(prompt)

    def _repeat(self, repeat: PlacedRepeat, *, is_section: bool) -> Part:
        instances = [self._instance(instance, repeat) for instance in repeat.instances]
        blank = self._instance(repeat.blank, repeat) if repeat.blank else None
        return RepeatPart(self.speech, repeat, instances, blank, is_section)

    def _instance(self, instance: PlacedGroup, repeat: PlacedRepeat) -> InstancePart:
        inside = self._parts(instance.children, instance)
        return InstancePart(self.speech, instance, inside, is_open=repeat.group.count is None)

    def _table(self, rows: Sequence[PlacedQuestion], before: list[Any]) -> Part:
        """A table of selects; the note that pyxform puts before it is its title."""
        prompts = [self.speech.prompt(row) for row in rows]
        last = before[-1] if before else None
        is_title = isinstance(last, Told) and "generated_table_list_label" in last.prompt.place
        title = before.pop() if is_title else None
        asked = [prompt for prompt in prompts if "label" not in prompt.appearances]
        return GridPart(
            head=prompts[0] if "label" in prompts[0].appearances else None,
            rows=[self._row(prompt) for prompt in asked],
            columns=columns_of(asked),
            title=title,
        )

    def _row(self, prompt: Prompt) -> Part:
        part = self._question(prompt)
        return AskedInRow(prompt) if isinstance(part, Asked) else part


def columns_of(rows: Sequence[Prompt]) -> list[str]:
    """The heads of a table's columns: the choices as rows show them, answers before refusals."""
    options = sorted(rows[0].options, key=lambda option: option.name in SET_APART)
    is_optional = any(row.is_optional and row.question.kind == "select_one" for row in rows)
    return [option.label or option.text for option in options] + [_("Leave blank")] * is_optional


def rows_of_table(children: Sequence[Placed]) -> list[PlacedQuestion]:
    """The selects at the beginning that stand in one table: a head, and rows that go with it."""
    rows = list(_selects(children))
    is_table = len(rows) > 1 and not rows[0].question.appearances.isdisjoint({"label", "list"})
    return rows if is_table else []


def _selects(children: Sequence[Placed]) -> Iterator[PlacedQuestion]:
    for number, child in enumerate(children):
        if not isinstance(child, PlacedQuestion) or not child.question.is_select:
            return
        wanted = {"list-nolabel"} if number else {"label", "list"}
        if child.question.appearances.isdisjoint(wanted):
            return
        yield child
