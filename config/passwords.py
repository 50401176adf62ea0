"""Passwords that are easy to guess though they are long. No rules about digits and capitals: these make
passwords worse.
"""

import re
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128
FEWEST_CHARACTERS = 5  # different ones
LONGEST_PIECE = 6  # that repeats
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
)
OURS = ("fivestandards", "fieldwork", "survey", "password", "passwort", "mima", "woaini")


class LongEnough(MinimumLengthValidator):
    """Django's, for which several spaces are one."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(re.sub(" +", " ", password), user)


class NotEndless:
    """A limit that no sentence reaches, for what is hashed on every sign-in."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("The password can have %d characters at most.") % LONGEST


class NotObvious:
    """No row of keys, no piece said again and again, not what everybody here would try first."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = "".join(filter(str.isalnum, password.lower()))
        is_words = len(plain) * 2 > len(password)  # and not emoji, with a letter or two
        if _is_of_few(password) or (is_words and _is_known(plain)):
            raise ValidationError(
                _(
                    "This password is easy to guess. Take three or four words that have nothing to do with each other."
                ),
                code="password_too_obvious",
            )

    def get_help_text(self) -> str:
        return _("Three or four words that have nothing to do with each other are good.")


def _is_known(plain: str) -> bool:
    return _is_repeated(plain) or _is_row(plain) or _is_ours(plain)


def _is_of_few(password: str) -> bool:
    return len(set(password.lower())) < FEWEST_CHARACTERS


def _is_repeated(plain: str) -> bool:
    """Such as abc1abc1abc1."""
    sizes = range(1, LONGEST_PIECE + 1)
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in sizes)


def _is_row(plain: str) -> bool:
    return any(plain in row or plain in row[::-1] for row in ROWS)


def _is_ours(plain: str) -> bool:
    """A word that everybody would try, with a number before or behind it."""
    letters = plain.strip("0123456789")
    return letters in OURS or letters.removesuffix("s") in OURS
