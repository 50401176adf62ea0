"""One row judged: answers become an interview of the form, or everything that is wrong with them."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import blake2b

from django.utils import timezone

from surveys import fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Problem
from surveys.formlogic.tree import Element
from surveys.imports.repeats import make_room
from surveys.models import QuestionnaireVersion, Site, User
from surveys.questionnaires import environment_of, form_of
from surveys.submissions import Sender
from surveys.xforms.definition import FormDef, without_places
from surveys.xforms.evaluation import evaluate
from surveys.xforms.filling import settle
from surveys.xforms.instance import (
    blank_instance,
    elements_at,
    fill,
    find,
    relative,
    set_meta,
    without_controls,
    write_instance,
)

DEVICE = "import"
NAMESPACE = uuid.UUID("5f1ea5d5-0000-5000-8000-000000000006")
OWN_ID = "@id"  # the place of the id that a row brings
WHY = {
    "required": gettext_noop("It needs an answer."),
    "constraint": gettext_noop("The form does not allow %(value)s here."),
    "type": gettext_noop("%(value)s is not of the question's type."),
    "choice": gettext_noop("%(value)s is not one of the choices."),
    "irrelevant": gettext_noop("It does not apply to this person; leave it empty."),
}
UNREAD = frozenset({"type", "choice"})  # kinds of problems of what is no answer at all
INVISIBLE = gettext_noop("It holds an invisible character. Type it again.")


class RowError(SurveyError):
    """A row that names somebody or something that is not here."""

    status = 422


@dataclass(frozen=True)
class Told:
    """What a row says: answers by absolute place, the places of instances that are there even if
    nothing is answered in them, and what it says of the interview beside them.
    """

    answers: Mapping[str, str]
    instances: tuple[str, ...] = ()
    site: str = ""
    enumerator: str = ""
    started: str = ""
    ended: str = ""
    own_id: str = ""

    @cached_property
    def digest(self) -> str:
        """The same for the same answers, also of a later version of the form."""
        answers = sorted((relative(place), text) for place, text in self.answers.items() if text)
        beside = [self.site, self.enumerator, self.started, self.ended, *sorted(self.instances)]
        content = repr((answers, beside) if any(beside) else answers)
        return blake2b(content.encode(errors="surrogatepass"), digest_size=16).hexdigest()

    def id_of(self, twin: int) -> str:
        """The id of the interview: its own, or one that follows from the answers. The first row of a
        file that says this has `twin` 1: equal rows are different people.
        """
        return self.own_id or f"uuid:{uuid.uuid5(NAMESPACE, f'{self.digest} {twin}')}"


@dataclass(frozen=True)
class Fault:
    """Something wrong: with the answer at an absolute place, with its OWN_ID, or, blank, with the row
    as a whole.
    """

    place: str
    reason: SurveyError


@dataclass(frozen=True)
class Judged:
    """An interview as instance XML, with who sends it, where nothing is wrong."""

    xml: bytes
    sender: Sender | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Roster:
    """The survey's sites by code and people by name, read once for all rows."""

    sites: Mapping[str, Site]
    people: Mapping[str, User]
    is_assigned: Callable[[User, Site], bool]


def roster_of(survey: int) -> Roster:
    """Of the survey with that key."""
    sites = Site.objects.filter(survey=survey)
    people = User.objects.filter(memberships__survey=survey)
    return Roster(
        {site.code: site for site in sites},
        {person.username: person for person in people},
        cache(fieldwork.is_assigned),
    )


@dataclass(frozen=True)
class Judge:
    """A version of a form, ready to judge many rows."""

    form: FormDef
    environment: Environment
    roster: Roster

    @classmethod
    def of(cls, version: QuestionnaireVersion) -> "Judge":
        return cls(
            form_of(version),
            environment_of(version, timezone.localtime()),
            roster_of(version.questionnaire.survey_id),
        )

    def judge(self, told: Told, instance_id: str) -> Judged:
        """In no query but those about who works where."""
        told = self._completed(told)
        root = self._instance(told, instance_id)
        faults = [*_invisible(told, instance_id), *self._answer_faults(root, told.answers)]
        try:
            sender = self._sender(told)
        except SurveyError as error:
            return Judged(b"", None, (*faults, Fault("", error)))
        xml = b"" if faults else write_instance(root)
        return Judged(xml, sender, tuple(faults))

    def _completed(self, told: Told) -> Told:
        """With the site and the person as answers, where the form asks for them."""
        said = {"site": told.site, "enumerator": told.enumerator}
        paths = {role: self.form.roles.get(role, "") for role in said}
        answers = {
            paths[role]: text
            for role, text in said.items()
            if text and paths[role] and not told.answers.get(paths[role])
        }
        return replace(
            told,
            answers={**told.answers, **answers},
            site=told.answers.get(paths["site"]) or told.site,
            enumerator=told.answers.get(paths["enumerator"]) or told.enumerator,
        )

    def _instance(self, told: Told, instance_id: str) -> Element:
        form, root = self.form, blank_instance(self.form)
        make_room(form, root, (*told.answers, *told.instances))
        for path, preload in form.preloads.items():
            text = _moment(preload, told)
            for element in elements_at(root, path.split("/")[2:]) if text else ():
                element.text = text
        fill(root, told.answers)
        settle(form, root, self.environment)
        set_meta(root, "instanceID", instance_id)
        return root

    def _answer_faults(self, root: Element, answers: Mapping[str, str]) -> Iterator[Fault]:
        """One a place."""
        form = self.form
        problems = evaluate(form, root, self.environment).problems
        found = {problem.path: problem for problem in (*problems, *_cleared(form, root, answers))}
        for problem in _causes(list(found.values())):
            message = WHY.get(problem.kind, gettext_noop("%(value)s breaks a rule of the form."))
            yield Fault(problem.path, RowError(message, value=_said(root, answers, problem.path)))

    def _sender(self, told: Told) -> Sender:
        """The enumerator whom the row names. Raises RowError for strangers and unknown places."""
        site = self._site(told.site)
        begun_at = None if self.form.roles.get("site") else site
        if not told.enumerator:
            return Sender(None, DEVICE, must_satisfy=True, site=begun_at)
        name = told.enumerator
        person = self.roster.people.get(name)
        if person is None:
            raise RowError(gettext_noop("Nobody called %(name)s works in this survey."), name=name)
        if not self.roster.is_assigned(person, site):
            raise RowError(
                gettext_noop("Site %(site)s is not assigned to %(name)s."),
                site=site.code,
                name=name,
            )
        return Sender(person, DEVICE, must_satisfy=True, site=begun_at)

    def _site(self, code: str) -> Site:
        if not code:
            raise RowError(gettext_noop("The row names no site."))
        if code not in self.roster.sites:
            raise RowError(gettext_noop("This survey has no site %(site)s."), site=code)
        return self.roster.sites[code]


def _causes(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Without what only follows: what applies is not known where an answer cannot be read."""
    if not any(problem.kind in UNREAD for problem in problems):
        return problems
    return [problem for problem in problems if problem.kind != "irrelevant"]


def _said(root: Element, answers: Mapping[str, str], place: str) -> str:
    """What stands at a place, also where it says when the interview was."""
    element = find(root, place)
    return answers.get(place) or (element.text if element is not None else "") or ""


def _moment(preload: str, told: Told) -> str:
    if preload == "timestamp end":
        return told.ended
    if preload == "date today":
        return told.started[:10]
    return told.started if preload == "timestamp start" else ""


def _invisible(told: Told, instance_id: str) -> Iterator[Fault]:
    """Texts with characters that XML cannot hold and nobody types."""
    for place, text in told.answers.items():
        if without_controls(text) != text:
            yield Fault(place, RowError(INVISIBLE))
    if without_controls(instance_id) != instance_id:
        yield Fault(OWN_ID, RowError(INVISIBLE))


def _cleared(form: FormDef, root: Element, answers: Mapping[str, str]) -> Iterator[Problem]:
    """The choices of the row that the form does not offer there, and has blanked."""
    for place, text in answers.items():
        question, element = form.by_path.get(without_places(place)), find(root, place)
        if question is None or element is None or not question.is_select:
            continue
        if question.chosen(element.text) != question.chosen(text):
            yield Problem(place, "choice")
