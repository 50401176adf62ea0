"""How far an interview is: which sections apply, what is asked and what is answered in each."""

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.xforms.definition import FormDef, Group, Question
from surveys.xforms.evaluation import Evaluation
from surveys.xforms.instance import relative


@dataclass(frozen=True)
class SectionProgress:
    """A section of an interview as its answers are now. `number` counts from 1."""

    number: int
    section: Group
    shown: tuple[Question, ...]  # applies, notes included
    asked: tuple[Question, ...]  # applies and takes an answer
    blank: tuple[Question, ...]  # asked and not answered

    @property
    def applies(self) -> bool:
        return bool(self.shown)

    @property
    def answered(self) -> int:
        return len(self.asked) - len(self.blank)

    @property
    def is_complete(self) -> bool:
        return self.applies and not self.blank


def sections_of(form: FormDef, evaluation: Evaluation) -> tuple[SectionProgress, ...]:
    skipped = frozenset(evaluation.skipped)
    return tuple(
        _section(number, section, evaluation, skipped)
        for number, section in enumerate(form.sections, start=1)
    )


def _section(
    number: int, section: Group, evaluation: Evaluation, skipped: frozenset[str]
) -> SectionProgress:
    shown = tuple(q for q in section.questions() if relative(q.path) not in skipped)
    asked = tuple(q for q in shown if q.takes_answer)
    blank = tuple(q for q in asked if relative(q.path) not in evaluation.answers)
    return SectionProgress(number, section, shown, asked, blank)


def next_after(sections: Sequence[SectionProgress], number: int) -> int | None:
    """The number of the next section in which anything applies."""
    return next((s.number for s in sections if s.number > number and s.applies), None)


def previous_to(sections: Sequence[SectionProgress], number: int) -> int | None:
    """The number of the nearest earlier section in which anything applies."""
    return next((s.number for s in reversed(sections) if s.number < number and s.applies), None)


def first_unfinished(sections: Sequence[SectionProgress]) -> int | None:
    """Where to go on with an interview that was interrupted."""
    return next((s.number for s in sections if s.applies and s.blank), None)
