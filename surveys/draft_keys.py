"""The keys by which accounts open their drafts: made at the first sign-in, opened at each, wrapped anew
when their owner takes another password.
"""

from django.db import transaction

from surveys import sealing
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, DraftKey, User
from surveys.sealing import CannotOpen, Key, Wrapped


class KeyClosed(SurveyError):
    """The session has no open key: it is from before there were keys."""

    status = 401


class FormerKey(SurveyError):
    """A draft of which nobody has the key any more."""

    status = 423


@transaction.atomic
def opened(user: User, password: str) -> Key:
    """The account's key. `password` is the account's: it was checked.

    A new one is made where there is none, or where somebody else set the password: drafts of the
    former key stay closed.
    """
    # Who signs in twice at once has one key.
    person = User.objects.select_for_update().get(pk=user.pk)
    row = person.draft_keys.first()
    try:
        return _unwrapped(row, password) if row else _made(person, password)
    except CannotOpen:
        return _made(person, password)


def wrap_anew(key: Key, password: str) -> None:
    """Put an account's key under the new password that its owner took."""
    row = DraftKey.objects.get(pk=key.number)
    _put(row, sealing.wrap(key.secret, password))
    row.save()


def key_of(draft: Draft) -> Key:
    """The key that opens the draft, which its enumerator carries while signed in.

    Raises KeyClosed, and FormerKey where it was sealed with another.
    """
    key = draft.enumerator.draft_key
    if key is None:
        raise closed()
    if draft.key_id != key.number:
        raise FormerKey(
            gettext_noop(
                "This draft cannot be opened any more, as your password was set anew by somebody "
                "else. Go on with it on the phone on which it was begun: there it opens, and is saved "
                "again. If there is none, begin again and discard this draft."
            )
        )
    return key


def closed() -> KeyClosed:
    """The error of who is not signed in, as far as drafts go."""
    return KeyClosed(gettext_noop("You were signed out. Sign in again."))


def _made(user: User, password: str) -> Key:
    secret = sealing.random_key()
    row = DraftKey(user=user)
    _put(row, sealing.wrap(secret, password))
    row.save()
    return Key(row.pk, secret)


def _put(row: DraftKey, wrapped: Wrapped) -> None:
    row.salt, row.cost, row.wrapped = wrapped.salt, wrapped.cost, wrapped.content


def _unwrapped(row: DraftKey, password: str) -> Key:
    wrapped = Wrapped(bytes(row.salt), row.cost, bytes(row.wrapped))
    return Key(row.pk, sealing.unwrap(wrapped, password))
