"""A draft as its pages see it: the form, the answers so far, and what they lead to."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from surveys import drafts
from surveys.formlogic.evaluation import Environment
from surveys.formlogic.logic import Problem
from surveys.models import Draft, Submission, User
from surveys.questionnaires import form_of
from surveys.webform.progress import SectionProgress, sections_of
from surveys.webform.prompts import Prompt, Title, prompt_for, sentence_for, title_for
from surveys.xforms.definition import FormDef, Question
from surveys.xforms.evaluation import REFUSING, Evaluation, evaluate
from surveys.xforms.instance import relative

KNOWN_ROLES = ("site", "enumerator", "city")


class AlreadySent(Exception):
    """The draft asked for has become a submission."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(submission.pk)
        self.submission = submission


@dataclass(frozen=True)
class Fault:
    """A problem in words, with the section that has its question, where one has."""

    prompt: Prompt | None
    sentence: str
    section: int | None


@dataclass(frozen=True)
class Conversation:
    """An interview that is going on, judged once."""

    draft: Draft
    form: FormDef
    evaluation: Evaluation
    language: str

    @cached_property
    def sections(self) -> tuple[SectionProgress, ...]:
        return sections_of(self.form, self.evaluation)

    @cached_property
    def known(self) -> dict[str, str]:
        """The server's own answers by path, where the form can hold them."""
        paths = (self.form.roles.get(role, "") for role in KNOWN_ROLES)
        not_offered = {p.path for p in self.evaluation.problems if p.kind == "choice"}
        answers = {path: self.answer(path) for path in paths if path in self.form.by_path}
        return {path: text for path, text in answers.items() if text and path not in not_offered}

    @property
    def answered(self) -> int:
        return sum(section.answered for section in self.sections)

    @property
    def asked(self) -> int:
        return sum(len(section.asked) for section in self.sections)

    @property
    def is_refused(self) -> bool:
        return self.answer(self.form.roles.get("consent", "")) in REFUSING

    @property
    def may_break_off(self) -> bool:
        """Whether it can be sent as far as it got: only after the person agreed to take part."""
        consent = self.form.roles.get("consent", "")
        agreed = not consent or bool(self.answer(consent))
        return agreed and not self.is_refused and bool(self.evaluation.problems)

    def answer(self, path: str) -> str:
        return self.evaluation.answers.get(relative(path), "") if path else ""

    def answers(self) -> dict[str, str]:
        return {question.path: self.answer(question.path) for question in self.form.questions}

    def prompt(self, question: Question) -> Prompt:
        return prompt_for(self.form, question, self.language)

    def title(self, section: SectionProgress) -> Title:
        return title_for(self.form, section.section, section.number, self.language)

    def problems_in(self, section: SectionProgress) -> Mapping[str, str]:
        """Sentences by path, in the order of the questions."""
        found = {problem.path: problem for problem in self.evaluation.problems}
        return {
            question.path: sentence_for(self.form, found[question.path], self.language)
            for question in section.asked
            if question.path in found
        }

    def faults(self) -> list[Fault]:
        """Everything that must be corrected before the interview satisfies its form."""
        order = {question.path: place for place, question in enumerate(self.form.questions)}
        problems = sorted(self.evaluation.problems, key=lambda p: order.get(p.path, len(order)))
        return [self._fault(problem) for problem in problems]

    def _fault(self, problem: Problem) -> Fault:
        question = self.form.by_path.get(problem.path)
        return Fault(
            prompt=self.prompt(question) if question else None,
            sentence=sentence_for(self.form, problem, self.language),
            section=self._section_of(problem.path),
        )

    def _section_of(self, path: str) -> int | None:
        return next((s.number for s in self.sections if path in {q.path for q in s.shown}), None)


def conversation_of(draft: Draft) -> Conversation:
    form = form_of(draft.version)
    found = evaluate(form, drafts.tree_of(draft), Environment(now=timezone.localtime()))
    # What no longer applies stays in the draft until the end, and is nobody's mistake.
    problems = tuple(problem for problem in found.problems if problem.kind != "irrelevant")
    language = form.language_for(get_language() or "")
    return Conversation(draft, form, replace(found, problems=problems), language)


def own_draft(enumerator: User, draft_id: uuid.UUID) -> Draft:
    """The enumerator's draft. Raises AlreadySent where it was finished, else Http404."""
    draft = (
        Draft.objects.filter(enumerator=enumerator, pk=draft_id)
        .select_related("site__survey", "site__city", "enumerator", "version__questionnaire")
        .defer("version__xml", "version__workbook", "version__definition")
        .first()
    )
    if draft is not None:
        return draft
    sent = drafts.sent_from(draft_id, enumerator)
    if sent is not None:
        raise AlreadySent(sent)
    raise Http404
