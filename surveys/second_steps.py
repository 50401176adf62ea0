"""The second step of signing in: codes of an app, each good for once, and recovery codes on paper.

Codes are those of RFC 6238, with what every app assumes: six digits, SHA-1, half a minute.
"""

import base64
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from surveys import notices, sealing
from surveys.errors import SurveyError, gettext_noop
from surveys.memberships import is_staff, may_manage
from surveys.models import RecoveryCode, Role, SecondStep, User
from surveys.sealing import CannotOpen

logger = logging.getLogger(__name__)

LASTS_S = 30
DRIFT = 1  # codes before and after: clocks of phones are off
SECRET_BYTES = 20
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_BYTES = 15  # of chance: nobody guesses 120 bits, so that wrong ones need not be counted
FREE_FAILURES = 3  # slips of the finger
LONGEST_PAUSE = timedelta(minutes=15)  # 96 guesses a day, of a million codes
LABEL = "second step"


class WrongCode(SurveyError):
    """No code of this person, or one that was used before."""

    status = 422


class Paused(SurveyError):
    """Too many wrong codes one after the other."""

    status = 429


class MayNotReset(SurveyError):
    """Somebody whose account is not this person's to look after."""

    status = 403


@dataclass(frozen=True)
class Secret:
    """What an app is told, as a text to type and as an address in a QR code."""

    text: str = field(repr=False)
    uri: str = field(repr=False)


def step_of(person: User) -> SecondStep | None:
    """What is asked for beside the password, where that is switched on. Takes a query."""
    return SecondStep.objects.filter(user=person.pk).exclude(since=None).first()


def is_on(person: User) -> bool:
    """Whether signing in takes a second step. Takes a query."""
    return step_of(person) is not None


def is_required(person: User | AnonymousUser) -> bool:
    """Whether the person must sign in in two steps: where all people of the office must."""
    return settings.STAFF_MFA == "required" and is_staff(person)


def is_password_enough(person: User) -> bool:
    """Whether a door that can ask for nothing else may open."""
    return not is_required(person) and not is_on(person)


def codes_left(person: User) -> int:
    return RecoveryCode.objects.filter(step=person.pk).count()


def begin(person: User) -> Secret:
    """The secret for the person's app: the same until it is switched on."""
    fresh = secrets.token_bytes(SECRET_BYTES)
    sealed = sealing.seal(_keys()[0], fresh, LABEL)
    step, _made = SecondStep.objects.get_or_create(user=person, defaults={"sealed": sealed})
    secret = _secret_of(step)
    if secret is None:  # sealed before SECRET_KEY changed
        SecondStep.objects.filter(pk=step.pk, since=None).update(sealed=sealed)
        secret = fresh
    return _as_told(person, secret)


def _as_told(person: User, secret: bytes) -> Secret:
    text = base64.b32encode(secret).decode()
    uri = app_codes(secret).get_provisioning_uri(person.get_username(), _("Five Standards"))
    return Secret(" ".join(text[at : at + 4] for at in range(0, len(text), 4)), uri)


@transaction.atomic
def switch_on(person: User, code: str) -> tuple[str, ...]:
    """From now on signing in takes a second step; the recovery codes, in clear this once.

    Everybody who is signed in as this person elsewhere is signed out. Raises WrongCode.
    """
    step = SecondStep.objects.select_for_update().filter(user=person, since=None).first()
    if step is None or not _use(step, _plain(code)):
        raise _wrong()
    SecondStep.objects.filter(pk=step.pk).update(since=timezone.now())
    sign_out_everywhere(person)
    notices.tell(person, notices.STEP_ON)
    return _new_codes(step)


def check(person: User, code: str) -> None:
    """Take a code of the person's app, or a recovery code. Raises WrongCode, Paused."""
    step, plain = step_of(person), _plain(code)
    if step is None:
        raise _wrong()
    if plain.isdecimal():
        _use_app_code(step, plain, person.get_username())
    else:
        _use_recovery_code(step, plain)


@transaction.atomic
def renew_codes(person: User) -> tuple[str, ...]:
    """New recovery codes, in clear this once; the old ones are good for nothing."""
    notices.tell(person, notices.CODES_RENEWED)
    return _new_codes(SecondStep.objects.select_for_update().exclude(since=None).get(user=person))


@transaction.atomic
def switch_off(person: User, *, by: str = "") -> None:
    """Signing in takes the password alone again. `by` is who did it, where it was not the person."""
    SecondStep.objects.filter(user=person).delete()
    sign_out_everywhere(person)
    notices.tell(person, notices.STEP_RESET if by else notices.STEP_OFF, by=by)


def may_reset(by: User, person: User) -> bool:
    """Whether somebody may take a person's second step away: nobody their own, administrators
    everybody's, coordinators that of people whose account is theirs to manage and who coordinate nothing.
    """
    if by.pk == person.pk:
        return False
    coordinates = any(role == Role.COORDINATOR for _survey, role in person.roles)
    return by.is_superuser or (may_manage(by, person) and not coordinates)


def reset(person: User, *, by: User) -> None:
    """Take a lost second step away; the person is told by e-mail. Raises MayNotReset."""
    if not may_reset(by, person):
        raise MayNotReset(gettext_noop("This is not yours to reset. Ask an administrator."))
    switch_off(person, by=by.get_username())
    logger.warning("Second step of %s reset by %s", person.get_username(), by.get_username())


def sign_out_everywhere(person: User) -> None:
    """End all sessions of a person; whoever keeps one says so to it with the person read anew."""
    User.objects.filter(pk=person.pk).update(sign_outs=F("sign_outs") + 1)
    person.refresh_from_db(fields=["sign_outs"])


def _use_app_code(step: SecondStep, code: str, name: str) -> None:
    """Each try is counted before it is looked at: two at once are no two guesses."""
    _count(step)
    if _use(step, code):
        return
    failures = step.failures + 1
    if failures > FREE_FAILURES:
        logger.warning("%s wrong codes for %s: somebody may know the password", failures, name)
    raise _wrong()


def _count(step: SecondStep) -> None:
    """Note a try, as a failure until it is none. Raises Paused."""
    now = timezone.now()
    wait = _pause_of(step) - (now - step.failed_at) if step.failed_at else timedelta()
    seen = SecondStep.objects.filter(pk=step.pk, failures=step.failures, failed_at=step.failed_at)
    if wait > timedelta() or not seen.update(failures=step.failures + 1, failed_at=now):
        raise Paused(
            gettext_noop(
                "There were too many wrong codes. Wait %(minutes)s min, or use a recovery code."
            ),
            minutes=max(1, round(wait.total_seconds() / 60)),
        )


def _pause_of(step: SecondStep) -> timedelta:
    """After the last failure. It doubles with each, from a second on."""
    if step.failures < FREE_FAILURES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(step.failures - FREE_FAILURES, 20)), LONGEST_PAUSE)


def _use(step: SecondStep, code: str) -> bool:
    """Whether it is a code of now that was not taken yet; it is then."""
    secret = _secret_of(step)
    if secret is None:
        return False
    now = int(timezone.now().timestamp()) // LASTS_S
    for at in range(now - DRIFT, now + DRIFT + 1):
        if compare_digest(app_codes(secret).generate(at * LASTS_S), code.encode()):
            fresh = SecondStep.objects.filter(pk=step.pk, last_step__lt=at)
            is_fresh = bool(fresh.update(last_step=at, failures=0, failed_at=None))
            if not is_fresh and step.last_step == at:
                _note_reuse(step.user)
            return is_fresh
    return False


def _note_reuse(person: User) -> None:
    """Who knows a code that was used has seen the person type it, or the app."""
    logger.warning("A code of %s was used a second time, and was refused", person.get_username())
    notices.tell(person, notices.CODE_TWICE)


def _use_recovery_code(step: SecondStep, code: str) -> None:
    used, _by_table = step.codes.filter(digest__in=list(_digests(step, code))).delete()
    if not used:
        raise _wrong()
    SecondStep.objects.filter(pk=step.pk).update(failures=0, failed_at=None)


def _new_codes(step: SecondStep) -> tuple[str, ...]:
    step.codes.all().delete()
    codes = [secrets.token_bytes(RECOVERY_BYTES) for _number in range(RECOVERY_CODES)]
    clear = [base64.b32encode(code).decode() for code in codes]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(step=step, digest=next(_digests(step, one))) for one in clear
    )
    return tuple("-".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in clear)


def _digests(step: SecondStep, code: str) -> Iterator[str]:
    """Of a recovery code, under the key of now and those of before."""
    for key in _keys():
        yield salted_hmac(LABEL, f"{step.pk} {code}", secret=key, algorithm="sha256").hexdigest()


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code)).upper()


def app_codes(secret: bytes) -> TOTP:
    """What an app that has the secret shows."""
    return TOTP(secret, DIGITS, SHA1(), LASTS_S)  # noqa: S303  # as apps have it


def _secret_of(step: SecondStep) -> bytes | None:
    for key in _keys():
        try:
            return sealing.unseal(key, bytes(step.sealed), LABEL)
        except CannotOpen:
            continue
    return None


def _keys() -> list[bytes]:
    """What seals secrets, the key of now first: nothing that is in the database."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac(LABEL, "", secret=key, algorithm="sha256").digest() for key in keys]


def _wrong() -> WrongCode:
    return WrongCode(
        gettext_noop(
            "This code is wrong or was used already. Wait for the next one in the app, and see that "
            "the clock of the phone is right."
        )
    )
