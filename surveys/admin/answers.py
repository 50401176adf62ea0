"""An interview's answers as its page shows them: by section, repeats instance by instance."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.admin.remarks import NOTHING, Notes
from surveys.disclosure.identifiers import direct_keys
from surveys.exports.columns import PERSONAL_ROLES, Column, unasked
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.memberships import may_see_identifiers, may_see_people
from surveys.models import Entity, Interview, QuestionnaireVersion, Submission, User
from surveys.questionnaires import environment_of, form_of
from surveys.webform import markup
from surveys.webform.places import Placed, PlacedGroup, PlacedQuestion, place_section
from surveys.webform.values import Values
from surveys.xforms.definition import FILES, FormDef, Question, Texts, without_places
from surveys.xforms.instance import find, relative, tree_from_xml


@dataclass(frozen=True)
class Entry:
    """A chosen entry of a list that the server fills."""

    uuid: str
    label: str
    address: str


@dataclass(frozen=True)
class Worded:
    """An answer in words and as the file holds it, both blank where there is none."""

    words: str
    stored: str


@dataclass(frozen=True)
class Answer:
    """A question as asked and its answer in words; `stored` is what the file holds. `depth` says
    how many repeats are around it. What `is_calculated` the form answered. `entries` are those that
    were chosen from a list, where all are known here. `place` is that below the root.
    """

    name: str
    question: str
    words: str
    stored: str
    is_skipped: bool
    depth: int = 0
    file_url: str = ""
    is_calculated: bool = False
    entries: tuple[Entry, ...] = ()
    place: str = ""
    notes: Notes = NOTHING

    @property
    def is_blank(self) -> bool:
        """Asked, and not answered."""
        return not (self.stored or self.is_skipped or self.is_calculated)


@dataclass(frozen=True)
class Heading:
    """Where an instance of a repeat begins, the `number`th in its place."""

    title: str
    number: int
    depth: int = 0


Row: TypeAlias = Answer | Heading


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Row, ...]

    @property
    def answers(self) -> list[Answer]:
        return [row for row in self.rows if isinstance(row, Answer)]

    @property
    def asked(self) -> int:
        return sum(not (row.is_skipped or row.is_calculated) for row in self.answers)

    @property
    def answered(self) -> int:
        """How many of those that were asked have an answer."""
        return self.asked - sum(row.is_blank for row in self.answers)

    def only(self, picks: Callable[[Answer], bool]) -> "Section":
        """The section with those of its answers alone, and the headings that are left above one."""
        rows = [row for row in self.rows if isinstance(row, Heading) or picks(row)]
        following = [*rows[1:], None]
        kept = (
            row
            for row, after in zip(rows, following, strict=False)
            if isinstance(row, Answer) or isinstance(after, Answer)
        )
        return replace(self, rows=tuple(kept))


class Transcript:
    """The current answers of an interview in the words of one language."""

    def __init__(
        self, interview: Interview, submission: Submission, version: QuestionnaireVersion, code: str
    ) -> None:
        self.interview = interview
        self.notes: Mapping[str, Notes] = {}  # beside the answers, by place below the root
        self.hidden: frozenset[str] = frozenset()  # paths of answers that the reader may not know
        self.form = form_of(version)
        self.language = self.form.language_for(code)
        self.root = tree_from_xml(bytes(submission.xml))
        moment = timezone.localtime(interview.ended_at or interview.received_at)
        environment = environment_of(version, moment, self.language)
        self.values = Values(self.form, self.root, environment)
        self.files = dict(submission.attachments.filter(file__gt="").values_list("name", "pk"))

    def text(self, texts: Texts, element: Element | None) -> str:
        """A label with the answers that it quotes, as far as the reader may know them."""
        parts = self.form.parts(texts, self.language)
        return markup.plain(parts, lambda node: self._quoted(node, element))

    def _quoted(self, node: Node, element: Element | None) -> str:
        names = {path.rpartition("/")[2] for path in self.hidden}
        return "…" if _mentions(node, names) else self.values.text(node, element)

    def sections(self) -> Iterator[Section]:
        """The answers under the form's headings, as far as the reader may know them, skipped
        questions marked.
        """
        for section in self.form.sections:
            placed = place_section(section, self.root)
            rows = tuple(self._rows(placed))
            if rows:
                yield Section(self.text(section.labels, placed.element), rows)
        given = tuple(self._given())
        if given:
            yield Section(_("Filled in by the form"), given)

    def question(self, place: str) -> str:
        """The words of the question at a place below the root."""
        question, path = self.form.question_at(place), f"/{self.root.name}/{place}"
        return self.text(question.labels, find(self.root, path)) if question else ""

    def worded(self, place: str, stored: str) -> Worded:
        """An answer at a place below the root, also one that is not there any more."""
        question = self.form.question_at(place)
        if question is None:
            return Worded(stored, stored)
        element = find(self.root, f"/{self.root.name}/{place}")
        return Worded(self._words(question, element, place, stored), stored)

    def _given(self) -> Iterator[Answer]:
        """What is in the answers although nobody is asked for it: calculated and hidden values."""
        answers = self.interview.answers
        for path in unasked(self.form):
            same = [key for key in answers if without_places(key) == relative(path)]
            for key in same if path not in self.hidden else ():
                is_calculated = path in self.calculated
                given = _given(key, answers[key], is_calculated=is_calculated)
                yield replace(given, notes=self.notes.get(key, NOTHING))

    @cached_property
    def calculated(self) -> frozenset[str]:
        """The paths of what the form works out."""
        return frozenset(bind.path for bind in self.form.binds if bind.calculate)

    def _rows(self, placed: Placed) -> Iterator[Row]:
        if isinstance(placed, PlacedQuestion):
            if placed.question.takes_answer and placed.question.path not in self.hidden:
                yield self._answer(placed)
            return
        if isinstance(placed, PlacedGroup):
            if placed.number:
                title = self.text(placed.group.labels, placed.element)
                yield Heading(title, placed.number, placed.place.count("["))
            inside: tuple[Placed, ...] = placed.children
        else:
            inside = placed.instances
        for child in inside:
            yield from self._rows(child)

    def _answer(self, placed: PlacedQuestion) -> Answer:
        question, key = placed.question, relative(placed.place)
        stored = self.interview.answers.get(key, "")
        return Answer(
            name=question.name,
            question=self.text(question.labels, placed.element) or question.name,
            words=self._words(question, placed.element, key, stored),
            stored=stored,
            is_skipped=key in self.interview.skipped,
            depth=key.count("["),
            file_url=self._file_url(stored) if question.kind in FILES else "",
            is_calculated=question.path in self.calculated,
            entries=self._entries(stored) if question.itemset else (),
            place=key,
            notes=self.notes.get(key, NOTHING),
        )

    def _entries(self, stored: str) -> tuple[Entry, ...]:
        chosen = stored.split()
        known = all(uuid in self.entries for uuid in chosen)
        return tuple(self.entries[uuid] for uuid in chosen) if known else ()

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The chosen entries of the survey's lists, by id; who may not know everything is not told
        what they are called, which interviews may have said. Takes one query.
        """
        named = {
            word
            for key, stored in self.interview.answers.items()
            if (question := self.form.question_at(key)) and question.itemset
            for word in stored.split()
        }
        survey = self.interview.questionnaire.survey_id
        found = Entity.objects.filter(list__survey=survey, uuid__in=named)
        return {
            uuid: Entry(
                uuid,
                (not self.hidden and label) or uuid,
                reverse("admin:surveys_entity_change", args=(pk,)),
            )
            for pk, uuid, label in found.values_list("pk", "uuid", "label")
        }

    def _words(self, question: Question, element: Element | None, place: str, stored: str) -> str:
        labels = self._labels(question, element, stored.split())
        return Column(question.name, place, question.kind, labels).value(stored)

    def _labels(
        self, question: Question, element: Element | None, chosen: Collection[str]
    ) -> Mapping[str, str]:
        itemset = question.itemset
        is_of_repeat = itemset is not None and not itemset.instance  # labels are answers
        if not question.is_select or (is_of_repeat and self.hidden):
            return {}
        choices = (*question.choices, *self.values.offered(question, element))
        return {
            choice.name: self.text(choice.labels, element)
            for choice in choices
            if choice.name in chosen
        }

    def _file_url(self, name: str) -> str:
        """Where the file is shown, blank where it has not arrived."""
        if name not in self.files:
            return ""
        return reverse("admin:surveys_interview_file", args=(self.files[name],))


def _given(key: str, stored: str, *, is_calculated: bool) -> Answer:
    """A value that has no question: its place says which it is."""
    return Answer(key, "", stored, stored, is_skipped=False, is_calculated=is_calculated, place=key)


def transcript_of(interview: Interview, language: str) -> Transcript | None:
    """None where the current answers are encrypted, or of a form that is not known here."""
    submission = interview.current
    if submission is None or submission.version is None or submission.is_encrypted:
        return None
    return Transcript(interview, submission, submission.version, language)


def hidden_paths(interview: Interview, form: FormDef, person: User) -> frozenset[str]:
    """The questions of one form whose answers a reader may not know: those that name the enumerator,
    and those that any version's workbook says name somebody else.
    """
    survey, hidden = interview.questionnaire.survey_id, set()
    if not may_see_people(person, survey):
        hidden |= {form.roles[role] for role in PERSONAL_ROLES if role in form.roles}
    if not may_see_identifiers(person, survey):
        versions = interview.questionnaire.versions.order_by("-pk")
        direct = direct_keys([form_of(version) for version in versions])
        hidden |= {f"/{form.blank.name}/{key}" for key in direct}
    return frozenset(hidden)


def _mentions(node: object, names: Collection[str]) -> bool:
    """Whether an expression may speak of a question of one of the names."""
    if isinstance(node, str):
        return node in names
    return isinstance(node, list | tuple) and any(_mentions(part, names) for part in node)
