"""A correction as its page shows it: the questions with their own fields, and what would follow."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys import proposals, readings
from surveys.formlogic.logic import Problem
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.models import Interview, User
from surveys.proposals import Difference
from surveys.questionnaires import form_of
from surveys.webform.forms import SectionForm
from surveys.webform.parts import Asked
from surveys.webform.places import PlacedQuestion, place_section
from surveys.webform.prompts import Prompt, Speech
from surveys.webform.sentences import sentence_for
from surveys.webform.values import Values
from surveys.webform.versions import file_url_of
from surveys.xforms.instance import read_instance, relative


@dataclass(frozen=True)
class Told:
    """An answer before and after, in words."""

    place: str
    code: str
    question: str
    before: str
    after: str


class Correcting:
    """An interview, or what a correction would make of it, in the language of the reader.

    `root` are the answers that labels quote and choices depend on; the interview's own, if None.
    Raises Uncorrectable where nobody here can read them.
    """

    def __init__(
        self, interview: Interview, person: User, language: str, root: Element | None = None
    ) -> None:
        version = proposals.version_of(interview)
        assert interview.current is not None  # noqa: S101 - `version_of` has seen it
        sent = read_instance(bytes(interview.current.xml))
        self.form = form_of(version)
        self.language = self.form.language_for(language)
        there = readings.environment_then(
            version, sent, interview.received_at, person, self.language
        )
        self.values = Values(self.form, sent.root if root is None else root, there)
        self.speech = Speech(
            form=self.form,
            language=self.language,
            out=lambda node, at: format_html('<span class="out">{}</span>', self._said(node, at)),
            say=self._said,
            offered=self.values.offered,
            file_url=file_url_of(version.pk),
        )

    def _said(self, node: Node, element: Element | None) -> str:
        return self.values.text(node, element)

    @cached_property
    def placed(self) -> Mapping[str, PlacedQuestion]:
        """The questions by place below the root, in the order of the form."""
        sections = (place_section(one, self.values.root) for one in self.form.sections)
        return {
            relative(placed.place): placed for section in sections for placed in section.questions()
        }

    def prompt(self, place: str) -> Prompt:
        return self.speech.prompt(self.placed[place])

    def can_correct(self, place: str) -> bool:
        """Whether there is such a question, and somebody could type its answer."""
        placed = self.placed.get(place)
        return placed is not None and not proposals.uncorrectable(self.form, placed.question)

    def choices(self, *, of_all: bool = False) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
        """What can be corrected now, by section: place and question; `of_all`, what can be in any
        interview of the form, outside of repeats.
        """
        for section in self.form.sections:
            placed = place_section(section, self.values.root)
            asked = [
                (relative(one.place), self._title(relative(one.place)))
                for one in placed.questions()
                if self.can_correct(relative(one.place))
                and ("[" not in one.place if of_all else self.values.applies(one.element))
            ]
            if asked:
                yield self.speech.text(section.labels, placed.element) or _("Questions"), asked

    def _title(self, place: str) -> str:
        prompt = self.prompt(place)
        number = place.rpartition("[")[2].partition("]")[0] if "[" in place else ""
        words = f"{prompt.code} {prompt.text}".strip()
        return f"{words} ({number})" if number else words

    def fields(self, places: Collection[str], data: QueryDict | None = None) -> SectionForm:
        prompts = [self.prompt(place) for place in places]
        given = {one.place: one.placed.text for one in prompts}
        return SectionForm(prompts, given, data)

    def rendered(
        self, form: SectionForm, places: Collection[str], problems: Mapping[str, str]
    ) -> SafeString:
        """The fields, with sentences by place beside them."""
        form.full_clean()
        form.tell({f"/{self.values.root.name}/{place}": said for place, said in problems.items()})
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_show_errors = False
        helper.layout = Layout(*(Asked(self.prompt(place)) for place in places))
        html: SafeString = render_crispy_form(form, helper)
        return html

    def told(self, difference: Difference) -> Told:
        """A difference in words; of a question that is not in the interview, its place."""
        place = difference.place
        if place not in self.placed:
            return Told(place, "", place, difference.before, difference.after)
        prompt = self.prompt(place)
        before, after = (prompt.answer(text) for text in (difference.before, difference.after))
        if not after and not self.values.applies(prompt.placed.element):
            after = _("does not apply")
        return Told(place, prompt.code or prompt.question.name, prompt.text, before, after)

    def sentence(self, problem: Problem) -> str:
        """What is wrong with an answer."""
        own = {
            "unknown": _("There is no such question in this interview."),
            "calculated": _("The form works this answer out itself. Correct what it is made from."),
            "file": _("Pictures and other files cannot be corrected here."),
            "site": _("This survey has no such site. Add it first, or choose another."),
        }
        if problem.kind in own:
            return own[problem.kind]
        placed = self.placed.get(problem.path)
        path = f"/{self.values.root.name}/{problem.path}"
        return sentence_for(self.speech, path, problem.kind, placed.element if placed else None)
