"""What a correction by the office would make of an interview: looked at before anything is stored."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

from surveys import entity_lists, readings
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Problem
from surveys.formlogic.tree import Element
from surveys.models import Finding, Interview, QuestionnaireVersion, Site, User
from surveys.questionnaires import form_of
from surveys.xforms.amending import amend
from surveys.xforms.definition import FILES, FormDef, Question
from surveys.xforms.evaluation import evaluate
from surveys.xforms.instance import (
    Instance,
    find,
    read_instance,
    relative,
    set_meta,
    without_controls,
    write_instance,
)


class Uncorrectable(SurveyError):
    """Nothing that can be corrected, or not so."""

    status = 409


@dataclass(frozen=True)
class Difference:
    """An answer before and after, at its place below the root; asked for, or a consequence."""

    place: str
    before: str
    after: str
    is_consequence: bool = False


@dataclass(frozen=True)
class Proposal:
    """What a correction would make of an interview; `problems`, by place below the root, are why it
    may not: kinds as of findings, and `unknown`, `calculated`, `file` or `site`.
    """

    instance: Instance
    answers: Mapping[str, str]
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]


def version_of(interview: Interview) -> QuestionnaireVersion:
    """The version of the form that the answers belong to. Raises Uncorrectable where nobody here can
    read them, or where they may yet become those of another interview.
    """
    current = interview.current
    if current is None or current.is_encrypted:
        raise Uncorrectable(
            gettext_noop("The interview is encrypted. Decrypt it first: nobody has read it yet.")
        )
    if current.version is None:
        raise Uncorrectable(
            gettext_noop(
                "Version %(version)s of the form is not here. Publish it, then correct the answers."
            ),
            version=current.claimed_version or "–",
        )
    if current.findings.filter(kind=Finding.Kind.EDIT).exists():
        raise Uncorrectable(
            gettext_noop(
                "It edits another interview, and nobody has decided whether it takes its place. "
                "Decide that first."
            )
        )
    return current.version


def propose(interview: Interview, answers: Mapping[str, str], by: User) -> Proposal:
    """What would become of an interview with answers, by place below the root, corrected; nothing is
    stored. Raises Uncorrectable.

    What was wrong before may stay so, but nothing else may become wrong.
    """
    version, current = version_of(interview), interview.current
    assert current is not None  # noqa: S101 - `version_of` has seen it
    sent = read_instance(bytes(current.xml))
    there = readings.environment_then(version, sent, interview.received_at, by)
    wanted = {
        f"/{sent.root.name}/{place}": without_controls(text) for place, text in answers.items()
    }
    root = amend(form_of(version), sent.root, wanted, there)
    problems = dict(_broken(form_of(version), sent.root, root, there, wanted))
    problems |= _unfit(form_of(version), root, wanted, there)
    problems |= _astray(interview, form_of(version), sent.root, root)
    found = tuple(Problem(relative(path), kind) for path, kind in problems.items())
    return proposal_of(interview, version, root, answers, found)


def _broken(
    form: FormDef,
    before: Element,
    after: Element,
    there: Environment,
    wanted: Collection[str],
) -> Iterator[tuple[str, str]]:
    """What is wrong with the corrected answers, and with others that were right."""
    known = set(evaluate(form, before, there).problems)
    for problem in evaluate(form, after, there).problems:
        if problem.path in wanted or problem not in known:
            yield problem.path, problem.kind


def _unfit(
    form: FormDef, root: Element, wanted: Mapping[str, str], there: Environment
) -> dict[str, str]:
    """The corrected answers that cannot be given at all, or that the form did not keep."""
    hidden = form.logic.relevance(root, there)
    found = {}
    for path, text in wanted.items():
        question, element = form.question_at(path), find(root, path)
        if question is None or element is None or element.path(form.repeats) != path:
            found[path] = "unknown"
        elif kind := uncorrectable(form, question):
            found[path] = kind
        elif element in hidden and text:
            found[path] = "irrelevant"
        elif question.chosen(element.text) != question.chosen(text):
            found[path] = "choice"
    return found


def uncorrectable(form: FormDef, question: Question) -> str:
    """Why nobody can type an answer to the question, or blank."""
    if not question.takes_answer:
        return "unknown"
    if question.kind in FILES:
        return "file"
    is_calculated = any(bind.path == question.path and bind.calculate for bind in form.binds)
    return "calculated" if is_calculated else ""


def _astray(interview: Interview, form: FormDef, before: Element, after: Element) -> dict[str, str]:
    """Another site, corrected or worked out, that is none of the survey's: the interview would count
    nowhere.
    """
    path, survey = form.roles.get("site", ""), interview.questionnaire.survey
    code = entity_lists.site_said(survey, form, after)
    if not path or code == entity_lists.site_said(survey, form, before):
        return {}
    is_known = Site.objects.filter(survey=survey, code=code).exists()
    return {} if is_known else {path: "site"}


def proposal_of(
    interview: Interview,
    version: QuestionnaireVersion,
    root: Element,
    asked: Collection[str],
    problems: tuple[Problem, ...],
) -> Proposal:
    """A tree as the next version of an interview."""
    assert interview.current is not None  # noqa: S101 - `version_of` has seen it
    set_meta(root, "instanceID", f"uuid:{uuid4()}")
    set_meta(root, "deprecatedID", interview.current.instance_id)
    instance = read_instance(write_instance(root))
    answers = readings.evaluated(version, instance, interview.received_at).answers
    found = differences(interview.answers, answers, asked)
    return Proposal(instance, answers, tuple(found), problems)


def differences(
    before: Mapping[str, str], after: Mapping[str, str], asked: Collection[str]
) -> Iterator[Difference]:
    """What was asked for first."""
    for place in dict.fromkeys((*asked, *after, *before)):
        old, new = before.get(place, ""), after.get(place, "")
        if old != new:
            yield Difference(place, old, new, place not in asked)


def can_be_typed(form: FormDef, place: str) -> bool:
    """Whether the form does not give the answer itself."""
    question = form.question_at(place)
    return question is not None and not uncorrectable(form, question)
