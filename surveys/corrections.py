"""Interviews that correct others: which one gets the new answers, and when a person must decide."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from django.db import connection
from django.db.models import Q

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Finding, Interview, Questionnaire, Submission, User
from surveys.xforms.instance import Instance

DOUBTS = frozenset(  # why an interview does not count until somebody has looked at it
    {
        Finding.Kind.UNKNOWN_VERSION,
        Finding.Kind.CLOSED,
        Finding.Kind.UNKNOWN_SITE,
        Finding.Kind.UNASSIGNED_SITE,
        Finding.Kind.EDIT,
        Finding.Kind.ENCRYPTED,
    }
)


class UnknownOriginal(SurveyError):
    """A correction of what was never received."""

    status = 404


class Superseded(SurveyError):
    """A correction of answers that were corrected before, or that are not the sender's."""

    status = 409


def take_turns(instance: Instance, questionnaire: Questionnaire) -> None:
    """Wait until the transactions that receive what it corrects, or what corrects it, are through.

    A first version and its correction that come at the same moment would not see each other. There
    may be no row yet that could be held, so it is the id. SQLite has one writer at a time anyway.
    """
    if connection.vendor != "postgresql":
        return
    told = f"{questionnaire.pk} {instance.deprecated_id or instance.instance_id}"
    key = int.from_bytes(sha256(told.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def original_of(instance_id: str, questionnaire: Questionnaire) -> Interview | None:
    """The interview that has a version of this id, held until another takes its place."""
    if not instance_id:
        return None
    versions = questionnaire.submissions.filter(instance_id=instance_id)
    found = Interview.objects.select_for_update().filter(pk__in=versions.values("interview"))
    return found.first()


def versions_of(instance: Instance, questionnaire: Questionnaire) -> list[Submission]:
    """What was received under the interview's id, and what corrects that id; nothing is held."""
    of_this_id = Q(instance_id=instance.instance_id) | Q(deprecated_id=instance.instance_id)
    return list(questionnaire.submissions.filter(of_this_id))


def corrected_by(
    instance: Instance, original: Interview | None, person: User | None, *, is_doubtful: bool
) -> Interview | None:
    """The interview that gets these answers instead of its own. None where a person must decide:
    it was corrected before, it is somebody else's, or it counts and the new answers would not.
    """
    if original is None or original.current is None:
        return None
    if original.current.instance_id != instance.deprecated_id:
        return None
    if is_doubtful and original.state != Interview.State.QUARANTINED:
        return None
    return original if person is None or _sees(person, original) else None


def doubts(instance: Instance, corrected: Interview | None) -> Iterator[Finding.Kind]:
    """What corrects an interview that waits for a decision waits for it too."""
    if instance.deprecated_id and (corrected is None or _waits(corrected)):
        yield Finding.Kind.EDIT


def kept(original: Interview | None) -> Iterator[Finding.Kind]:
    """What was doubtful when an encrypted interview arrived is so when it is decrypted, and only that:
    forms are closed by then.
    """
    found = Finding.objects.filter(submission=original.current_id) if original else None
    if found is not None and found.filter(kind=Finding.Kind.CLOSED).exists():
        yield Finding.Kind.CLOSED


def require(instance: Instance, original: Interview | None, corrected: Interview | None) -> None:
    """Raises UnknownOriginal or Superseded where a person would have to decide."""
    if original is None and instance.deprecated_id:
        raise UnknownOriginal(
            gettext_noop("The interview that this one corrects is not here. Ask your supervisor.")
        )
    if original is not None and corrected is None:
        raise Superseded(
            gettext_noop(
                "Somebody else corrected this interview in the meantime, or it is not yours. "
                "Open it again and correct what is there now."
            )
        )


def ahead_of(
    instance: Instance, here: Iterable[Submission], person: User | None
) -> Interview | None:
    """The person's correction of this interview that came first: it waits because of that, or
    somebody let it count by itself.

    `here` are the `versions_of` the interview.
    """
    newer = [one.pk for one in here if one.deprecated_id == instance.instance_id]
    if instance.deprecated_id or not newer:
        return None
    ahead = Interview.objects.select_for_update().filter(current__in=newer, enumerator=person)
    return ahead.exclude(state=Interview.State.REJECTED).order_by("pk").first()


def release(interview: Interview, root_uuid: str) -> None:
    """Let a correction count, now that what it corrects is here; it keeps its other doubts."""
    found = Finding.objects.filter(submission=interview.current_id)
    found.filter(kind=Finding.Kind.EDIT).delete()
    if not found.filter(kind__in=DOUBTS).exists():
        interview.state = Interview.State.SUBMITTED
    interview.root_uuid = root_uuid
    interview.save()


def _sees(person: User, interview: Interview) -> bool:
    return Interview.objects.visible_to(person).filter(pk=interview.pk).exists()


def _waits(interview: Interview) -> bool:
    """Whether it came as a correction which nobody has decided on."""
    current = Finding.objects.filter(submission=interview.current_id)
    return current.filter(kind=Finding.Kind.EDIT).exists()
