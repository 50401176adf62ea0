"""The one way in: every interview, from whichever door, is received here."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from surveys import attachments, audits, corrections, fieldwork
from surveys.attachments import Arrival
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Problem
from surveys.models import (
    Finding,
    Interview,
    Questionnaire,
    QuestionnaireVersion,
    Site,
    Submission,
    Survey,
    User,
)
from surveys.questionnaires import environment_of, form_of
from surveys.signals import submission_saved
from surveys.xforms.definition import FormDef
from surveys.xforms.evaluation import Evaluation, evaluate
from surveys.xforms.instance import (
    Instance,
    answers_of,
    files_named,
    find,
    read_instance,
    relative,
    sealed_files,
)

MOST_FINDINGS = 500  # of one interview
FIELDWORK_YEARS = range(1970, 2200)  # what a device's clock may say and be believed


class UnknownForm(SurveyError):
    status = 404


class SubmissionConflict(SurveyError):
    """Another interview under an id that is taken."""

    status = 409


class UnsatisfiedForm(SurveyError):
    """Answers that the form does not allow, from a door that must satisfy it."""

    status = 422

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            gettext_noop("%(count)s answers must be corrected first: %(paths)s"),
            count=len(problems),
            paths=", ".join(problem.path for problem in problems),
        )
        self.problems = problems


@dataclass(frozen=True)
class Receipt:
    """What the sender is told: the stored submission, whether it was new, how many files came, and
    how many of those that it names are still to come.
    """

    submission: Submission
    created: bool
    added: int = 0
    missing: int = 0

    @property
    def sha256(self) -> str:
        return self.submission.xml_sha256

    @property
    def received_at(self) -> datetime:
        return self.submission.received_at


@dataclass(frozen=True)
class Sender:
    """Who sends, by what, and how strictly the form is held against it.

    What was finished on a device is never refused for its answers (`must_satisfy=False`); what
    our own pages, imports and corrections send must satisfy the form. Who `decrypts` sends what was
    inside an interview that is here.
    """

    person: User | None
    device: str = ""
    must_satisfy: bool = False
    is_practice: bool = False
    case_code: str = ""
    site: Site | None = None  # where it was begun, for forms that do not say
    decrypts: bool = False


def receive(
    instance: Instance,
    survey: Survey,
    sender: Sender,
    *,
    files: Collection["File[bytes]"] = (),
    received_at: datetime | None = None,
) -> Receipt:
    """Store an interview once, however many times and from however many places it is sent.

    Its files may come along or later, with the same interview sent again. One that corrects another
    becomes its newest version; where that is doubtful it is kept beside it, in quarantine.

    Raises UnknownForm, SubmissionConflict, OtherFile, and, where the sender must satisfy the form,
    UnsatisfiedForm, SiteNotYours, UnknownOriginal or Superseded; then nothing is stored.
    """
    questionnaire = _questionnaire(survey, instance.form_id)
    arrivals = [attachments.arrived(file) for file in files]
    received_at = received_at or timezone.now()
    try:
        return _receive(questionnaire, instance, sender, arrivals, received_at)
    except IntegrityError:  # lost a race against the same interview, which is here now
        return _receive(questionnaire, instance, sender, arrivals, received_at)


@transaction.atomic
def _receive(
    questionnaire: Questionnaire,
    instance: Instance,
    sender: Sender,
    arrivals: Collection[Arrival],
    received_at: datetime,
) -> Receipt:
    original = corrections.original_of(_replaced(instance, sender), questionnaire)
    repeated = _repeated(questionnaire, instance, sender)
    submission = (
        repeated
        or _store_late(questionnaire, instance, sender, received_at)
        or _store(questionnaire, instance, original, sender, received_at)
    )
    added = attachments.add(submission, arrivals)
    audits.keep(submission, instance)
    return Receipt(
        submission,
        created=repeated is None,
        added=added,
        missing=attachments.count_missing(submission),
    )


def _replaced(instance: Instance, sender: Sender) -> str:
    """The id of the version whose place it takes: of what it corrects, or of its own envelope."""
    return instance.instance_id if sender.decrypts else instance.deprecated_id


def _questionnaire(survey: Survey, form_id: str) -> Questionnaire:
    questionnaire = survey.questionnaires.filter(form_id=form_id).first()
    if questionnaire is None:
        raise UnknownForm(
            gettext_noop("This server has no form %(form_id)s. Ask your coordinator."),
            form_id=form_id,
        )
    return questionnaire


def _repeated(
    questionnaire: Questionnaire, instance: Instance, sender: Sender
) -> Submission | None:
    """What was received under this id, held until the files that come along are kept too."""
    same = questionnaire.submissions.select_for_update()
    stored = list(same.filter(instance_id=instance.instance_id))
    equal = next((one for one in stored if one.xml_sha256 == instance.sha256), None)
    is_inside = sender.decrypts and all(one.is_encrypted for one in stored)
    if stored and equal is None and not is_inside:
        raise SubmissionConflict(
            gettext_noop(
                "Another interview was already received under this id. "
                "Keep yours and show it to your supervisor."
            )
        )
    return equal


def _store(
    questionnaire: Questionnaire,
    instance: Instance,
    original: Interview | None,
    sender: Sender,
    received_at: datetime,
) -> Submission:
    version = questionnaire.versions.light().filter(version=instance.version).first()
    form = form_of(version) if version else None
    evaluation = _evaluate(version, instance, received_at)
    site = _site(questionnaire, form, instance, sender)
    doubts = tuple(_doubts(questionnaire, instance, version, site, sender))
    corrected, more = _corrected(instance, original, sender, is_doubtful=bool(doubts))
    if sender.must_satisfy:
        _require_satisfied(evaluation, site, sender)
        corrections.require(instance, original, corrected)
    interview = corrected or _begun(questionnaire, instance, sender, received_at)
    interview.state = _state(interview, doubts + more)
    for name, value in _answer_fields(form, evaluation, instance).items():
        setattr(interview, name, value)
    _place(interview, site, sender)
    submission = _add_current(interview, version, instance, sender, received_at)
    _record_findings(submission, evaluation.problems, doubts + more, instance)
    submission_saved.send(sender=Submission, submission_id=submission.pk)
    return submission


def _corrected(
    instance: Instance, original: Interview | None, sender: Sender, *, is_doubtful: bool
) -> tuple[Interview | None, tuple[Finding.Kind, ...]]:
    """The interview that gets these answers, if it is here already, and what is doubtful about that.

    What was decrypted belongs to its envelope's interview.
    """
    found = corrections.corrected_by(instance, original, sender.person, is_doubtful=is_doubtful)
    doubts = tuple(corrections.doubts(instance, found))
    if sender.decrypts:
        return original, doubts + tuple(corrections.kept(original))
    return found, doubts


def _add_current(
    interview: Interview,
    version: QuestionnaireVersion | None,
    instance: Instance,
    sender: Sender,
    received_at: datetime,
) -> Submission:
    """Save the interview with a new version, which takes over the earlier one's files."""
    earlier = interview.current
    interview.save()
    submission = _add_version(interview, version, instance, sender, received_at)
    interview.current = submission
    interview.save(update_fields=["current", "changed_at"])
    if earlier is not None:
        attachments.carry(submission, earlier)
    return submission


def _store_late(
    questionnaire: Questionnaire, instance: Instance, sender: Sender, received_at: datetime
) -> Submission | None:
    """A first version that comes after its correction is put behind it. None where there is none."""
    newer = corrections.ahead_of(instance, questionnaire, sender.person)
    if newer is None or sender.decrypts:
        return None
    version = questionnaire.versions.light().filter(version=instance.version).first()
    evaluation = _evaluate(version, instance, received_at)
    submission = _add_version(newer, version, instance, sender, received_at)
    _record_findings(submission, evaluation.problems, (), instance)
    corrections.release(newer, instance.instance_id)
    submission_saved.send(sender=Submission, submission_id=newer.current_id)
    return submission


def _begun(
    questionnaire: Questionnaire, instance: Instance, sender: Sender, received_at: datetime
) -> Interview:
    """An interview that nobody has sent anything of."""
    return Interview(
        questionnaire=questionnaire,
        root_uuid=instance.instance_id,
        wave=fieldwork.current_wave(questionnaire.survey),
        enumerator=sender.person,
        is_practice=sender.is_practice,
        received_at=received_at,
    )


@dataclass(frozen=True)
class Reread:
    """What follows from an interview's XML: the interview's fields, and what its form finds wrong
    as (kind, path below the root, answer).
    """

    fields: dict[str, object]
    findings: frozenset[tuple[str, str, str]]


def reread(submission: Submission, environment: Environment | None = None) -> Reread:
    """What an interview must be, read again from the XML as it was sent.

    An `environment` of the submission's version saves building one; its moment is not used.
    """
    instance = read_instance(bytes(submission.xml))
    version = submission.version
    form = form_of(version) if version else None
    evaluation = _evaluate(version, instance, submission.received_at, environment)
    return Reread(
        _answer_fields(form, evaluation, instance),
        frozenset(_findings(evaluation.problems, instance)),
    )


def _evaluate(
    version: QuestionnaireVersion | None,
    instance: Instance,
    received_at: datetime,
    environment: Environment | None = None,
) -> Evaluation:
    if version is None or instance.is_encrypted:
        answers = {} if instance.is_encrypted else answers_of(instance.root)
        return Evaluation(answers, (), (), Interview.Outcome.COMPLETED)
    form = form_of(version)
    now = _ended_at(form, instance, received_at)
    there = replace(environment, now=now) if environment else environment_of(version, now)
    return evaluate(form, instance.root, there)


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


def _site(
    questionnaire: Questionnaire, form: FormDef | None, instance: Instance, sender: Sender
) -> Site | None:
    """The site that the form names; where it has no question for it, that of the sender."""
    path = form.roles.get("site") if form else None
    element = find(instance.root, path) if path else None
    if element is None:
        return sender.site
    return Site.objects.filter(survey=questionnaire.survey_id, code=element.text).first()


def _doubts(
    questionnaire: Questionnaire,
    instance: Instance,
    version: QuestionnaireVersion | None,
    site: Site | None,
    sender: Sender,
) -> Iterable[Finding.Kind]:
    """Why an interview would not count until somebody has looked at it."""
    if version is None:
        yield Finding.Kind.UNKNOWN_VERSION
    if questionnaire.state == Questionnaire.State.CLOSED and not sender.decrypts:
        yield Finding.Kind.CLOSED
    if instance.is_encrypted:
        yield Finding.Kind.ENCRYPTED
    elif site is None:
        yield Finding.Kind.UNKNOWN_SITE
    elif sender.person and not fieldwork.is_assigned(sender.person, site):
        yield Finding.Kind.UNASSIGNED_SITE


def _require_satisfied(evaluation: Evaluation, site: Site | None, sender: Sender) -> None:
    if site is not None and sender.person is not None:
        fieldwork.require_assignment(sender.person, site)
    if evaluation.problems:
        raise UnsatisfiedForm(evaluation.problems)


def _place(interview: Interview, site: Site | None, sender: Sender) -> None:
    """Put an interview where it says it was, with the case that was met there.

    A case that nobody had listed before is where its interview says.
    """
    interview.site = site
    if site is None or interview.wave is None:
        return
    met = interview.root_uuid[:100]
    case = interview.case or fieldwork.case_for(site, interview.wave, sender.case_code or met)
    if case.code == met and case.site_id != site.pk:
        case.site = site
        case.save(update_fields=["site"])
    interview.case = case


def _state(interview: Interview, doubts: tuple[Finding.Kind, ...]) -> Interview.State:
    """What was rejected does not come back by being corrected."""
    if doubts:
        return Interview.State.QUARANTINED
    is_rejected = interview.state == Interview.State.REJECTED
    return Interview.State.REJECTED if is_rejected else Interview.State.SUBMITTED


def _answer_fields(
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


def _add_version(
    interview: Interview,
    version: QuestionnaireVersion | None,
    instance: Instance,
    sender: Sender,
    received_at: datetime,
) -> Submission:
    """A version's evidence, with the files that it names expected."""
    submission = Submission.objects.create(
        interview=interview,
        questionnaire=interview.questionnaire,
        version=version,
        claimed_version=instance.version,
        instance_id=instance.instance_id,
        deprecated_id=instance.deprecated_id,
        is_encrypted=instance.is_encrypted,
        xml=instance.xml,
        xml_sha256=instance.sha256,
        sender=sender.person,
        device=sender.device,
        received_at=received_at,
    )
    attachments.expect(submission, _files(version, instance))
    return submission


def _files(version: QuestionnaireVersion | None, instance: Instance) -> Iterable[str]:
    if instance.is_encrypted:
        return sealed_files(instance.root)
    return files_named(form_of(version), instance.root) if version else ()


def _record_findings(
    submission: Submission,
    problems: tuple[Problem, ...],
    doubts: tuple[Finding.Kind, ...],
    instance: Instance,
) -> None:
    found = [Finding(submission=submission, kind=doubt) for doubt in doubts]
    found += [
        Finding(submission=submission, kind=kind, path=path, value=value)
        for kind, path, value in _findings(problems, instance)
    ]
    Finding.objects.bulk_create(found, ignore_conflicts=True)


def _findings(problems: Iterable[Problem], instance: Instance) -> Iterator[tuple[str, str, str]]:
    """Problems as findings are stored: kind, path below the root, answer. Nobody reads them all."""
    for problem in islice(problems, MOST_FINDINGS):
        element = find(instance.root, problem.path)
        yield problem.kind, relative(problem.path), element.text[:500] if element else ""
