"""The one way in: every interview, from whichever door, is received here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys import (
    attachments,
    attempts,
    audits,
    comments,
    corrections,
    entities,
    entity_lists,
    fieldwork,
    holds,
    readings,
    secrecy,
    tombstones,
)
from surveys.attachments import Arrival
from surveys.backchecks import visits
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.logic import Problem
from surveys.keys.sealed import sealed_bytes
from surveys.keys.store import InterviewKey
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
from surveys.questionnaires import form_of
from surveys.signals import submission_saved
from surveys.xforms.definition import FormDef
from surveys.xforms.evaluation import Evaluation
from surveys.xforms.instance import (
    Instance,
    files_named,
    sealed_files,
)

UNMOVED = (Interview.State.REJECTED, Interview.State.FLAGGED)
OFFICE = "office"  # what is told of the device of a version that comes from none


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
    the SHA-256 of each of its files, blank while it is still to come; and the form's version, if it
    is known here.
    """

    submission: Submission
    created: bool
    added: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    version: QuestionnaireVersion | None = None

    @property
    def missing(self) -> int:
        """How many files have not arrived."""
        return sum(not sha256 for sha256 in self.files.values())

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
    inside an interview that is here. `clock_off_s` is by how many seconds the device's clock was
    ahead, None where it did not say, `zone` the name of the time zone in which it was. What the
    office corrects (`is_office`) comes from no device.
    """

    person: User | None
    device: str = ""
    must_satisfy: bool = False
    is_practice: bool = False
    case_code: str = ""
    site: Site | None = None  # where it was begun, for forms that do not say
    decrypts: bool = False
    clock_off_s: int | None = None
    zone: str = ""
    is_office: bool = False


@dataclass(frozen=True)
class Delivery:
    """An interview at the door: what was sent, by whom and when, and the form that it names.

    `version` is None where it names one that is not known here; `has_rules` says whether the survey
    has rules that hold interviews.
    """

    instance: Instance
    sender: Sender
    survey: Survey
    questionnaire: Questionnaire
    version: QuestionnaireVersion | None
    received_at: datetime
    has_rules: bool = False

    @property
    def is_erased(self) -> bool:
        """Whether it, or what it corrects, was erased."""
        ids = (self.instance.instance_id, self.instance.deprecated_id)
        return tombstones.hold(self.questionnaire, ids)

    @property
    def form(self) -> FormDef | None:
        return form_of(self.version) if self.version else None

    @property
    def replaced_id(self) -> str:
        """The id of the version whose place it takes: what it corrects, or its own envelope."""
        return self.instance.instance_id if self.sender.decrypts else self.instance.deprecated_id

    @property
    def files(self) -> list[str]:
        """The names of the files that belong to it."""
        if self.instance.is_encrypted:
            return sealed_files(self.instance.root)
        return files_named(self.form, self.instance.root) if self.form else []


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
    becomes its newest version; where that is doubtful it is kept beside it, in quarantine. Of what was
    erased, nothing is stored again: the sender is told what it would be told of a repetition.

    Raises UnknownForm, SubmissionConflict, OtherFile, and, where the sender must satisfy the form,
    UnsatisfiedForm, SiteNotYours, UnknownOriginal or Superseded; then nothing is stored.
    """
    delivery = _delivery(instance, survey, sender, received_at or timezone.now())
    arrivals = [attachments.arrived(file) for file in files]
    if delivery.is_erased:
        return _forgotten(delivery, arrivals)
    try:
        return _receive(delivery, arrivals)
    except IntegrityError:  # lost a race against the same interview, which is here now
        return _receive(delivery, arrivals)


def _forgotten(delivery: Delivery, arrivals: Collection[Arrival]) -> Receipt:
    """Note that an erased interview came again; the answer lets the device go of it too."""
    came = {arrival.name: arrival.sha256 for arrival in arrivals}
    noted = tombstones.note(delivery.questionnaire, delivery.instance, came, delivery.received_at)
    stands_for = Submission(
        instance_id=noted.instance_id, xml_sha256=noted.xml_sha256, received_at=noted.received_at
    )
    names = dict.fromkeys((*delivery.files, *came))
    files = {name: noted.files.get(tombstones.hash_of(name), "") for name in names}
    return Receipt(stands_for, created=False, files=files, version=delivery.version)


@transaction.atomic
def _receive(delivery: Delivery, arrivals: Collection[Arrival]) -> Receipt:
    instance = delivery.instance
    if not delivery.sender.must_satisfy:  # the others' corrections of what is not here are refused
        corrections.take_turns(instance, delivery.questionnaire)
    original = corrections.original_of(delivery.replaced_id, delivery.questionnaire)
    here = corrections.versions_of(instance, delivery.questionnaire)
    repeated = _repeated(delivery, here)
    submission = repeated or _store_late(delivery, here) or _store(delivery, original)
    added = attachments.add(submission, arrivals)
    audits.keep(submission, instance)
    if repeated is None:
        entities.apply(submission, instance)
        visits.pair(submission, delivery.questionnaire)
    kept = attachments.hashes_of(submission) if delivery.files or arrivals else {}
    return Receipt(submission, repeated is None, added, kept, delivery.version)


def revise(interview: Interview, instance: Instance, by: User) -> Submission:
    """Give an interview a version that the office wrote; its state stays, and what is doubtful.

    The caller holds the interview, whose newest version it corrects, in a transaction, and has seen
    that the answers may stand.
    """
    sender = Sender(by, OFFICE, site=interview.site, is_office=True)
    delivery = _delivery(instance, interview.questionnaire.survey, sender, timezone.now())
    evaluation = readings.evaluated(delivery.version, instance, interview.received_at)
    earlier = interview.current_id
    submission = _renew(interview, delivery, evaluation, _site(delivery)[0])
    doubts = Finding.objects.filter(submission=earlier).exclude(kind__in=readings.FOUND_BY_FORMS)
    _record_findings(
        submission, evaluation.problems, tuple(Finding.Kind(one.kind) for one in doubts), instance
    )
    audits.keep(submission, instance)
    submission_saved.send(sender=Submission, submission_id=submission.pk)
    entities.apply(submission, instance)
    visits.pair(submission, delivery.questionnaire)
    return submission


def _delivery(
    instance: Instance, survey: Survey, sender: Sender, received_at: datetime
) -> Delivery:
    """In one query, where the version is known here."""
    versions = QuestionnaireVersion.objects.light().select_related("questionnaire")
    rules = holds.are_there("questionnaire__survey")
    try:
        version = versions.annotate(has_rules=rules).get(
            questionnaire__survey=survey,
            questionnaire__form_id=instance.form_id,
            version=instance.version,
        )
    except QuestionnaireVersion.DoesNotExist:
        questionnaire = _questionnaire(survey, instance.form_id)
        return Delivery(instance, sender, survey, questionnaire, None, received_at)
    has_rules = version.has_rules  # type: ignore[attr-defined]  # annotated above
    return Delivery(
        instance, sender, survey, version.questionnaire, version, received_at, has_rules
    )


def _questionnaire(survey: Survey, form_id: str) -> Questionnaire:
    try:
        return survey.questionnaires.get(form_id=form_id)
    except Questionnaire.DoesNotExist as error:
        raise UnknownForm(
            gettext_noop("This server has no form %(form_id)s. Ask your coordinator."),
            form_id=form_id,
        ) from error


def _repeated(delivery: Delivery, here: Iterable[Submission]) -> Submission | None:
    """What was received under this id, held until the files that come along are kept too."""
    instance = delivery.instance
    stored = [one for one in here if one.instance_id == instance.instance_id]
    equal = next((one for one in stored if one.xml_sha256 == instance.sha256), None)
    is_inside = delivery.sender.decrypts and all(one.is_encrypted for one in stored)
    if stored and equal is None and not is_inside:
        raise SubmissionConflict(
            gettext_noop(
                "Another interview was already received under this id. "
                "Keep yours and show it to your supervisor."
            )
        )
    return Submission.objects.select_for_update().get(pk=equal.pk) if equal else None


def _store(delivery: Delivery, original: Interview | None) -> Submission:
    instance, sender = delivery.instance, delivery.sender
    evaluation = readings.evaluated(delivery.version, instance, delivery.received_at)
    site, is_theirs = _site(delivery)
    doubts = tuple(_doubts(delivery, site, original, is_theirs=is_theirs))
    corrected, more = _corrected(instance, original, sender, is_doubtful=bool(doubts))
    if sender.must_satisfy:
        _require_satisfied(evaluation, site, is_theirs=is_theirs)
        corrections.require(instance, original, corrected)
    interview = corrected or _begun(delivery)
    was_returned = interview.state == Interview.State.RETURNED
    interview.state = _state(interview, doubts + more)
    kinds = {problem.kind for problem in evaluation.problems}
    rules = holds.holding(delivery.survey, interview, kinds) if delivery.has_rules else ()
    if rules:
        interview.state = Interview.State.FLAGGED
    submission = _renew(interview, delivery, evaluation, site)
    _record_findings(submission, evaluation.problems, doubts + more, instance)
    if rules:
        holds.note(submission, rules)
    if was_returned:
        comments.answer(interview)
    submission_saved.send(sender=Submission, submission_id=submission.pk)
    return submission


def _renew(
    interview: Interview, delivery: Delivery, evaluation: Evaluation, site: Site | None
) -> Submission:
    """Save what an interview shows of its new version, where that says it was, and the version."""
    key = secrecy.key_for(interview)
    fields = readings.fields_of(delivery.form, evaluation, delivery.instance)
    fields["answers"] = secrecy.sealed(evaluation.answers, delivery.questionnaire, key)
    for name, value in fields.items():
        setattr(interview, name, value)
    former = interview.case
    fieldwork.place(interview, site, _case_named(delivery))
    submission = _add_current(interview, delivery, key)
    if former != interview.case:
        fieldwork.forget(former, interview)
    attempts.follow(former, interview.case)
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


def _add_current(interview: Interview, delivery: Delivery, key: InterviewKey) -> Submission:
    """Save the interview with a new version, which takes over the earlier one's files."""
    earlier = interview.current
    interview.save()
    submission = _add_version(interview, delivery, key)
    interview.current = submission
    Interview.objects.filter(pk=interview.pk).update(current=submission)
    if earlier is not None:
        attachments.carry(submission, earlier)
    return submission


def _store_late(delivery: Delivery, here: Iterable[Submission]) -> Submission | None:
    """A first version that comes after its correction is put behind it. None where there is none."""
    instance, sender = delivery.instance, delivery.sender
    newer = corrections.ahead_of(instance, here, sender.person)
    if newer is None or sender.decrypts:
        return None
    evaluation = readings.evaluated(delivery.version, instance, delivery.received_at)
    submission = _add_version(newer, delivery, secrecy.key_for(newer))
    _record_findings(submission, evaluation.problems, (), instance)
    corrections.release(newer, instance.instance_id)
    if delivery.has_rules:
        holds.hold_released(delivery.survey, newer)
    attempts.follow(newer.case)
    submission_saved.send(sender=Submission, submission_id=newer.current_id)
    return submission


def _begun(delivery: Delivery) -> Interview:
    """An interview that nobody has sent anything of."""
    return Interview(
        questionnaire=delivery.questionnaire,
        root_uuid=delivery.instance.instance_id,
        wave=fieldwork.current_wave(delivery.survey),
        enumerator=delivery.sender.person,
        is_practice=delivery.sender.is_practice,
        received_at=delivery.received_at,
    )


def _site(delivery: Delivery) -> tuple[Site | None, bool]:
    """The site that the answers name, and whether the sender may work there; where they name none,
    that of the sender, or else of whom they choose from a list.
    """
    survey, form, root = delivery.survey, delivery.form, delivery.instance.root
    person, begun_at = delivery.sender.person, delivery.sender.site
    said = entity_lists.site_said(survey, form, root)
    if begun_at is not None and not said:
        return begun_at, person is None or fieldwork.is_assigned(person, begun_at)
    code = said or entity_lists.site_chosen(survey, form, root)
    return fieldwork.site_named(survey, code, person) if code else (None, True)


def _doubts(
    delivery: Delivery, site: Site | None, original: Interview | None, *, is_theirs: bool
) -> Iterable[Finding.Kind]:
    """Why an interview would not count until somebody has looked at it.

    What was returned to the enumerator comes back, also after the form was closed.
    """
    if delivery.version is None:
        yield Finding.Kind.UNKNOWN_VERSION
    is_closed = delivery.questionnaire.state == Questionnaire.State.CLOSED
    is_asked_for = original is not None and original.state == Interview.State.RETURNED
    if is_closed and not delivery.sender.decrypts and not is_asked_for:
        yield Finding.Kind.CLOSED
    if delivery.instance.is_encrypted:
        yield Finding.Kind.ENCRYPTED
    elif site is None:
        yield Finding.Kind.UNKNOWN_SITE
    elif not is_theirs:
        yield Finding.Kind.UNASSIGNED_SITE


def _require_satisfied(evaluation: Evaluation, site: Site | None, *, is_theirs: bool) -> None:
    if site is not None and not is_theirs:
        raise fieldwork.not_yours(site)
    if evaluation.problems:
        raise UnsatisfiedForm(evaluation.problems)


def _case_named(delivery: Delivery) -> str:
    """The code of the case that the sender or the answers name, or blank."""
    named = delivery.sender.case_code
    root = delivery.instance.root
    return named or entity_lists.case_named(delivery.survey, delivery.form, root)


def _state(interview: Interview, doubts: tuple[Finding.Kind, ...]) -> Interview.State:
    """What was rejected or held is not released by being corrected; what was returned has come back,
    and what was approved is another interview now.
    """
    if doubts:
        return Interview.State.QUARANTINED
    state = Interview.State(interview.state)
    return state if state in UNMOVED else Interview.State.SUBMITTED


def _add_version(interview: Interview, delivery: Delivery, key: InterviewKey) -> Submission:
    """A version's evidence, sealed, with the files that it names expected."""
    instance, sender = delivery.instance, delivery.sender
    submission = Submission.objects.create(
        interview=interview,
        questionnaire=delivery.questionnaire,
        version=delivery.version,
        claimed_version=instance.version,
        instance_id=instance.instance_id,
        deprecated_id=instance.deprecated_id,
        is_encrypted=instance.is_encrypted,
        xml=sealed_bytes(key, instance.xml, "xml"),
        key=key.id,
        xml_sha256=instance.sha256,
        sender=sender.person,
        device=sender.device,
        is_office=sender.is_office,
        clock_off_s=sender.clock_off_s,
        zone=sender.zone,
        received_at=delivery.received_at,
    )
    attachments.expect(submission, delivery.files)
    return submission


def _record_findings(
    submission: Submission,
    problems: tuple[Problem, ...],
    doubts: tuple[Finding.Kind, ...],
    instance: Instance,
) -> None:
    found = [Finding(submission=submission, kind=doubt) for doubt in doubts]
    found += [
        Finding(submission=submission, kind=kind, path=path, value=value)
        for kind, path, value in secrecy.unquoted(
            readings.findings_in(problems, instance), submission.questionnaire
        )
    ]
    Finding.objects.bulk_create(found, ignore_conflicts=True)
