"""Passwords taken and set, with what hangs on them: keys to drafts, and word to their owner."""

from django.db import transaction

from surveys import draft_keys, notices
from surveys.models import User


@transaction.atomic
def change(person: User, old: str, new: str) -> None:
    """Somebody takes another password: `old` was checked. Drafts stay open, all other sessions end."""
    key = draft_keys.opened(person, old)
    person.set_password(new)
    person.save(update_fields=["password"])
    draft_keys.wrap_anew(key, new)
    notices.tell(person, notices.PASSWORD_CHANGED)
