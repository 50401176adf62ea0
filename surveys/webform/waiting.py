"""Who gave the right password in this browser and still has to give a code, and whether one was given: kept
in the session.
"""

import time

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from surveys.models import User

LASTS_S = 10 * 60
IN_SESSION = "waits_for_code"
TAKEN = "second_step"


def begin(request: HttpRequest, person: User) -> None:
    request.session[IN_SESSION] = [person.pk, person.get_session_auth_hash(), time.time()]


def person_in(request: HttpRequest) -> User | None:
    """None where nobody waits, or too long, or the password was changed meanwhile."""
    key, known, since = request.session.get(IN_SESSION, [0, "", 0.0])
    person = User.objects.filter(pk=key, is_active=True).first()
    is_same = person and constant_time_compare(known, person.get_session_auth_hash())
    return person if is_same and time.time() - since < LASTS_S else None


def end(request: HttpRequest) -> None:
    request.session.pop(IN_SESSION, None)


def note_code(request: HttpRequest) -> None:
    """Remember that this session took the second step too."""
    request.session[TAKEN] = True


def gave_code(request: HttpRequest) -> bool:
    return bool(request.session.get(TAKEN))
