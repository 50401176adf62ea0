"""How far an interview is: which sections apply, what is asked and what is answered in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from surveys.webform.places import PlacedGroup, PlacedQuestion, PlacedRepeat, place_section
from surveys.webform.values import Values
from surveys.xforms.definition import FormDef


@dataclass(frozen=True)
class SectionProgress:
    """A section of an interview as its answers are now. `number` counts from 1."""

    number: int
    placed: PlacedGroup
    shown: tuple[PlacedQuestion, ...]  # applies, notes included
    fixed: tuple[PlacedQuestion, ...]  # shown, and answered by the form itself
    asked: tuple[PlacedQuestion, ...]  # shown, and to be answered
    blank: tuple[PlacedQuestion, ...]  # asked and not answered
    open_repeats: tuple[PlacedRepeat, ...]  # may be added to
    closed: frozenset[str]  # repeats and their instances, by place, that do not apply

    @property
    def applies(self) -> bool:
        return bool(self.shown or self.open_repeats)

    @property
    def answered(self) -> int:
        return len(self.asked) - len(self.blank)

    @property
    def is_complete(self) -> bool:
        return self.applies and not self.blank


def sections_of(
    form: FormDef, values: Values, skipped: Collection[str]
) -> tuple[SectionProgress, ...]:
    root = values.root
    return tuple(
        _section(number, place_section(section, root), values, skipped)
        for number, section in enumerate(form.sections, start=1)
    )


def _section(
    number: int, placed: PlacedGroup, values: Values, skipped: Collection[str]
) -> SectionProgress:
    shown = tuple(q for q in placed.questions() if q.place not in skipped)
    answerable = [q for q in shown if q.question.takes_answer]
    fixed = tuple(q for q in answerable if values.is_fixed(q.question.path, q.element))
    asked = tuple(q for q in answerable if q not in fixed)
    return SectionProgress(
        number=number,
        placed=placed,
        shown=shown,
        fixed=fixed,
        asked=asked,
        blank=tuple(q for q in asked if not q.text),
        open_repeats=tuple(r for r in placed.repeats() if _is_open(r, values)),
        closed=frozenset(_closed(placed, values)),
    )


def _is_open(repeat: PlacedRepeat, values: Values) -> bool:
    return repeat.group.count is None and values.repeat_applies(repeat)


def _closed(placed: PlacedGroup, values: Values) -> list[str]:
    repeats = [repeat.place for repeat in placed.repeats() if not values.repeat_applies(repeat)]
    instances = [one.place for one in placed.instances() if not values.applies(one.element)]
    return repeats + instances


def next_after(sections: Sequence[SectionProgress], number: int) -> int | None:
    """The number of the next section in which anything applies."""
    return next((s.number for s in sections if s.number > number and s.applies), None)


def previous_to(sections: Sequence[SectionProgress], number: int) -> int | None:
    """The number of the nearest earlier section in which anything applies."""
    return next((s.number for s in reversed(sections) if s.number < number and s.applies), None)


def first_unfinished(sections: Sequence[SectionProgress]) -> int | None:
    """Where to go on with an interview that was interrupted."""
    return next((s.number for s in sections if s.applies and s.blank), None)
