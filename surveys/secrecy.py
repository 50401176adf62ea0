"""What of an interview is sealed, and with which key: its XML, its files, and those of its answers that
name somebody, which leave what can be searched.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from surveys.keys import store
from surveys.keys.sealed import TEXT_MARK, fetch_for, seal_text, with_sealed
from surveys.keys.store import InterviewKey, KeyGone
from surveys.models import Interview, Questionnaire, Submission
from surveys.xforms.definition import without_places

Found = tuple[str, str, str]  # a finding: kind, path below the root, answer


def key_for(interview: Interview) -> InterviewKey:
    """The key of an interview, made where it has none yet, or none any more: what comes is never
    refused.
    """
    current = interview.current
    if current is None or current.key is None:
        return store.made()
    try:
        return store.key_of(current.key)
    except KeyGone:
        return store.made()


def sealed(
    answers: Mapping[str, str], questionnaire: Questionnaire, key: InterviewKey | None
) -> Mapping[str, str]:
    """An interview's answers as they are stored: those that name somebody sealed. Without a key, of
    what is all in clear, as they are.
    """
    return with_sealed(answers, named_in(answers, questionnaire), key) if key else answers


def named_in(places: Iterable[str], questionnaire: Questionnaire) -> Iterator[str]:
    """Those of the places below the root whose answers name somebody."""
    return (place for place in places if names_somebody(place, questionnaire))


def names_somebody(place: str, questionnaire: Questionnaire) -> bool:
    """Whether the answer at a place below the root names somebody, in whatever instance of a repeat."""
    return without_places(place) in (questionnaire.identifiers or ())


def quoted(text: str, place: str, submission: Submission) -> str:
    """An answer as a correction quotes it: sealed where it names somebody, or reads as if it was sealed."""
    is_open = not (names_somebody(place, submission.questionnaire) or text.startswith(TEXT_MARK))
    if submission.key is None or is_open:
        return text
    return seal_text(store.key_of(submission.key), text)


def unquoted(findings: Iterable[Found], questionnaire: Questionnaire) -> Iterator[Found]:
    """Findings that quote no answer which names somebody: it is read where it is."""
    for kind, path, value in findings:
        yield kind, path, "" if names_somebody(path, questionnaire) else value


def with_keys(versions: Iterable[Submission]) -> Iterator[Submission]:
    """The same versions, each with its key at hand: a query for many."""
    following = iter(versions)
    while some := list(islice(following, store.TOGETHER)):
        fetch_for(one.xml for one in some)
        yield from some


def are_keys_here() -> bool:
    """Whether the keys of this server are those of its database, told by what was received last: two
    servers with keys of their own would seal what the other cannot read. After a loss it is enough that
    a key was made since. Raises DatabaseError.
    """
    newest = Submission.objects.order_by("-pk").only("key", "received_at").first()
    if newest is None or newest.key is None:
        return True
    return bool(store.here([newest.key])) or store.is_any_since(newest.received_at)


def keys_of(versions: QuerySet[Submission]) -> set[UUID]:
    """The ids of the keys that seal versions of interviews."""
    found = versions.filter(key__isnull=False).order_by()
    return {key for key in found.values_list("key", flat=True) if key}
