"""What follows from an interview's XML: answers, outcome, times, and what its form finds wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import cast

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from surveys import secrecy
from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Problem
from surveys.models import Interview, QuestionnaireVersion, Submission, User
from surveys.questionnaires import environment_of, form_of
from surveys.xforms.definition import FormDef
from surveys.xforms.evaluation import Evaluation, evaluate
from surveys.xforms.instance import Instance, answers_of, find, read_instance, relative

MOST_FINDINGS = 500  # of one interview
FOUND_BY_FORMS = frozenset(
    {"required", "type", "choice", "constraint", "calculation", "irrelevant"}
)
FIELDWORK_YEARS = range(1970, 2200)  # what a device's clock may say and be believed


@dataclass(frozen=True)
class Reread:
    """What follows from an interview's XML: the interview's fields, and what its form finds wrong
    as (kind, path below the root, answer).
    """

    fields: dict[str, object]
    findings: frozenset[tuple[str, str, str]]

    @property
    def answers(self) -> Mapping[str, str]:
        return cast("Mapping[str, str]", self.fields["answers"])


def reread(submission: Submission, environment: Environment | None = None) -> Reread:
    """What an interview must be, read again from the XML as it was sent.

    An `environment` of the submission's version saves building one; its moment is not used.
    """
    instance = read_instance(bytes(submission.xml))
    version = submission.version
    form = form_of(version) if version else None
    evaluation = evaluated(version, instance, received_at_of(submission), environment)
    return Reread(
        fields_of(form, evaluation, instance),
        frozenset(
            secrecy.unquoted(findings_in(evaluation.problems, instance), submission.questionnaire)
        ),
    )


def evaluation_of(submission: Submission) -> Evaluation:
    """A submission judged again by its form: its answers and what did not apply, by place."""
    instance = read_instance(bytes(submission.xml))
    return evaluated(submission.version, instance, received_at_of(submission))


def received_at_of(submission: Submission) -> datetime:
    """When its answers were given, at the latest: those that the office corrected, as the interview
    came in.
    """
    return submission.interview.received_at if submission.is_office else submission.received_at


def moments_of(submission: Submission) -> tuple[datetime | None, datetime | None]:
    """When the interview began and ended by the clock of its device, with the device's offset."""
    instance = read_instance(bytes(submission.xml))
    form = form_of(submission.version) if submission.version else None
    began, ended = (_timestamp(form, instance, f"timestamp {one}") for one in ("start", "end"))
    return began, ended


def evaluated(
    version: QuestionnaireVersion | None,
    instance: Instance,
    received_at: datetime,
    environment: Environment | None = None,
) -> Evaluation:
    """An instance judged by its form, as at the moment when the interview ended; of a version that is
    not here, or encrypted, what there is of answers.
    """
    if version is None or instance.is_encrypted:
        answers = {} if instance.is_encrypted else answers_of(instance.root)
        return Evaluation(answers, (), (), Interview.Outcome.COMPLETED)
    form = form_of(version)
    now = _ended_at(form, instance, received_at)
    there = replace(environment, now=now) if environment else environment_of(version, now)
    return evaluate(form, instance.root, there)


def environment_then(
    version: QuestionnaireVersion,
    instance: Instance,
    received_at: datetime,
    person: User | None = None,
    language: str = "",
) -> Environment:
    """What the form's expressions may know, as at the moment when the interview ended; with the
    lists of a person's device, as they are now.
    """
    now = _ended_at(form_of(version), instance, received_at)
    return environment_of(version, now, language, person=person)


def _ended_at(form: FormDef, instance: Instance, received_at: datetime) -> datetime:
    """When the interview ended, by the clock of where it was: what was today() then is today()
    whenever and wherever it is asked again.
    """
    ended_at = _timestamp(form, instance, "timestamp end")
    if ended_at is not None:
        return ended_at
    started_at = _timestamp(form, instance, "timestamp start")
    return timezone.localtime(received_at, started_at.tzinfo if started_at else None)


def _timestamp(form: FormDef | None, instance: Instance, preload: str) -> datetime | None:
    """A time that the device noted, with the device's own offset."""
    paths = [path for path, wanted in form.preloads.items() if wanted == preload] if form else []
    element = find(instance.root, paths[0]) if paths else None
    try:
        moment = parse_datetime(element.text) if element and element.text else None
    except ValueError:
        return None
    if moment is None or moment.year not in FIELDWORK_YEARS:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def fields_of(
    form: FormDef | None, evaluation: Evaluation, instance: Instance
) -> dict[str, object]:
    """What an interview shows of its current submission."""
    return {
        "answers": evaluation.answers,
        "skipped": list(evaluation.skipped),
        "outcome": evaluation.outcome,
        "started_at": _timestamp(form, instance, "timestamp start"),
        "ended_at": _timestamp(form, instance, "timestamp end"),
    }


def findings_in(problems: Iterable[Problem], instance: Instance) -> Iterator[tuple[str, str, str]]:
    """Problems as findings are stored: kind, path below the root, answer. Nobody reads them all."""
    for problem in islice(problems, MOST_FINDINGS):
        element = find(instance.root, problem.path)
        yield problem.kind, relative(problem.path), element.text[:500] if element else ""
