"""A draft as its pages see it: the form, the answers so far, and what they lead to."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language

from surveys import draft_files, drafts
from surveys.formlogic.logic import Problem
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.models import Draft, Submission, User
from surveys.questionnaires import environment_of, form_of
from surveys.webform.places import PlacedGroup, PlacedQuestion
from surveys.webform.progress import SectionProgress, sections_of
from surveys.webform.prompts import Prompt, Speech
from surveys.webform.remarks import Remark, by_place, remarks_on
from surveys.webform.sentences import sentence_for
from surveys.webform.titles import Title, name_of, title_of
from surveys.webform.values import Values
from surveys.webform.versions import file_url_of
from surveys.xforms.definition import Choice, FormDef, Question
from surveys.xforms.evaluation import REFUSING, judge
from surveys.xforms.instance import relative


class AlreadySent(Exception):
    """The draft asked for has become a submission."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(submission.pk)
        self.submission = submission


@dataclass(frozen=True)
class Spot:
    """Where a question stands: its section, and the instances of repeats around it in words."""

    placed: PlacedQuestion
    section: int
    within: str


@dataclass(frozen=True)
class Fault:
    """A problem in words, with the question it is about, where there is one."""

    place: str
    prompt: Prompt | None
    sentence: str
    spot: Spot | None


@dataclass(frozen=True)
class Conversation:
    """An interview that is going on, judged once.

    `answers` are those that apply, by place below the root, `problems` what stands in the way.
    """

    draft: Draft
    form: FormDef
    values: Values
    skipped: frozenset[str]
    answers: Mapping[str, str]
    problems: tuple[Problem, ...]
    language: str

    @cached_property
    def speech(self) -> Speech:
        return Speech(
            form=self.form,
            language=self.language,
            out=lambda node, at: format_html('<span class="out">{}</span>', self._said(node, at)),
            say=self._said,
            offered=self.offered,
            file_url=file_url_of(self.draft.version_id),
            remarks=by_place(self.remarks),
        )

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """What reviewers asked of the interview that is corrected, in order."""
        return remarks_on(self.draft)

    @property
    def general_remarks(self) -> list[Remark]:
        """Those on no single question, or on one that is not asked now."""
        asked = {question.place for section in self.sections for question in section.shown}
        return [one for one in self.remarks if one.place not in asked]

    def _said(self, node: Node, element: Element | None) -> str:
        return self.values.text(node, element)

    def offered(self, question: Question, element: Element | None) -> Sequence[Choice]:
        return self.values.offered(question, element)

    @cached_property
    def sections(self) -> tuple[SectionProgress, ...]:
        return sections_of(self.form, self.values, self.skipped)

    @cached_property
    def known(self) -> dict[str, str]:
        """The server's own answers by path, where the interview holds them and the form can."""
        own = drafts.known_answers(self.form, self.draft.enumerator, self.draft.site)
        not_offered = {p.path for p in self.problems if p.kind == "choice"}
        return {
            path: text
            for path, text in own.items()
            if text and path in self.form.by_path and path not in not_offered
            if self.answer(path) == text
        }

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
        return agreed and not self.is_refused and bool(self.problems)

    def answer(self, place: str) -> str:
        return self.answers.get(relative(place), "") if place else ""

    @cached_property
    def file_urls(self) -> dict[str, str]:
        """Where the files of the interview are shown, by name."""
        sent = {file.name for file in drafts.files_sent(self.draft)}
        names = draft_files.names_of(self.draft) | sent
        return {name: reverse("draft_file", args=(self.draft.pk, name)) for name in names}

    def prompt(self, placed: PlacedQuestion) -> Prompt:
        return self.speech.prompt(placed)

    def title(self, section: SectionProgress) -> Title:
        return title_of(self.speech, section.placed, section.number)

    def sentence(self, problem: Problem) -> str:
        spot = self.spots.get(problem.path)
        element = spot.placed.element if spot else None
        return sentence_for(self.speech, problem.path, problem.kind, element)

    def problems_in(self, section: SectionProgress) -> Mapping[str, str]:
        """Sentences by place, in the order of the questions."""
        found = {problem.path: problem for problem in self.problems}
        return {
            placed.place: self.sentence(found[placed.place])
            for placed in section.asked
            if placed.place in found
        }

    @cached_property
    def spots(self) -> dict[str, Spot]:
        """Every question of the interview by its place, in order."""
        return {
            spot.placed.place: spot
            for section in self.sections
            for spot in self._spots(section.placed, section.number, ())
        }

    def _spots(self, group: PlacedGroup, section: int, around: tuple[str, ...]) -> Iterator[Spot]:
        for child in group.children:
            if isinstance(child, PlacedQuestion):
                yield Spot(child, section, " · ".join(around))
            elif isinstance(child, PlacedGroup):
                yield from self._spots(child, section, around)
            else:
                for one in child.instances:
                    names = (*around, name_of(self.speech, one))
                    yield from self._spots(one, section, names)

    def faults(self) -> list[Fault]:
        """Everything that must be corrected before the interview satisfies its form."""
        order = {place: number for number, place in enumerate(self.spots)}
        problems = sorted(self.problems, key=lambda p: order.get(p.path, len(order)))
        return [self._fault(problem) for problem in problems]

    def _fault(self, problem: Problem) -> Fault:
        spot = self.spots.get(problem.path)
        prompt = self.prompt(spot.placed) if spot else None
        return Fault(problem.path, prompt, self.sentence(problem), spot)


def conversation_of(draft: Draft) -> Conversation:
    form = form_of(draft.version)
    language = form.language_for(get_language() or "")
    environment = environment_of(
        draft.version, timezone.localtime(), language, person=draft.enumerator
    )
    root = drafts.tree_of(draft)
    values = Values(form, root, environment)
    outcome = judge(form, values.reading)
    # What no longer applies stays in the draft until the end, and is nobody's mistake.
    problems = [problem for problem in outcome.problems if problem.kind != "irrelevant"]
    missing = drafts.missing_files(draft, root)
    problems += [problem for problem in missing if problem.path not in outcome.skipped]
    return Conversation(
        draft=draft,
        form=form,
        values=values,
        skipped=outcome.skipped,
        answers=values.reading.answers(),
        problems=tuple(problems),
        language=language,
    )


def own_draft(enumerator: User, draft_id: uuid.UUID) -> Draft:
    """The enumerator's draft. Raises AlreadySent where it was finished, else Http404."""
    draft = (
        Draft.objects.filter(enumerator=enumerator, pk=draft_id)
        .select_related("site__survey", "site__city", "version__questionnaire")
        .defer("version__xml", "version__workbook", "version__definition")
        .first()
    )
    if draft is not None:
        draft.enumerator = enumerator  # who carries the key
        return draft
    sent = drafts.sent_from(draft_id, enumerator)
    if sent is not None:
        raise AlreadySent(sent)
    raise Http404
