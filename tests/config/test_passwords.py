"""Which passwords are taken: long ones of any kind, and none that is easy to guess."""

import re
from pathlib import Path

import pytest
from django.conf import global_settings
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import override

from surveys.models import User

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = re.compile(r"^PASSWORD_HASHERS", re.MULTILINE)

GOOD = (
    "correct horse battery",
    "alllowercaseletters",
    "8362 7409 5518",  # a number is as good as words, where it is by chance
    "雨伞 火车 蓝色 柚子 书桌 邮票",
    "x" * 20 + " and then some words",
    "many  words  and  twice  the  spaces",
    "🐟🚲☂🪑🧂🪴🔑📚🧭🧵🎺🥾",
    "🐟🚲☂🪑🧂🪴🔑📚🧭🧵🎺 a",
    "correct horse battery " * 5,  # 110 characters
    "five-standards of glass",
)
BAD = (
    "short words",  # 11 characters
    "short      words",
    "123456789012",
    "210987654321",
    "1-2-3-4-5-6-7",
    "🐟🐟🐟🐟🐟🐟🚲🚲🚲🚲🚲🚲",
    "aaaaaaaaaaaa",
    "abababababab",
    "abc1abc1abc1abc1",
    "qwertyuiopas",
    "1q2w3e4r5t6y",
    "password1234",
    "Survey202620262026",
    "five-standards",
    "supervisor-01",  # the user name
    "x yz" * 40,  # 160 characters
)


@pytest.fixture
def person() -> User:
    return User(username="supervisor01")


@pytest.mark.parametrize("password", GOOD)
def test_long_passwords_of_any_kind_are_taken(password: str, person: User) -> None:
    validate_password(password, person)


@pytest.mark.parametrize("password", BAD)
def test_passwords_that_are_easy_to_guess_are_not(password: str, person: User) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, person)


def test_rules_address_people_as_the_rest_does() -> None:
    """Django's Chinese says 你, which is too familiar beside 您."""
    with override("zh-hans"):
        rules = " ".join(password_validators_help_texts())
    assert "不能与您的其他个人信息太相似" in rules
    assert "你" not in rules


def test_a_short_password_is_refused_in_chinese(person: User) -> None:
    with override("zh-hans"), pytest.raises(ValidationError) as refused:
        validate_password("qzvkwj", person)
    assert "密码太短，至少要有 12 个字符。" in refused.value.messages


def test_stored_passwords_take_long_to_guess() -> None:
    """By what Django takes first where no test makes it faster: the standard asks for 310,000 rounds."""
    first = import_string(global_settings.PASSWORD_HASHERS[0])()
    kind, rounds, salt, _hash = first.encode("a", first.salt()).split("$")
    assert (kind, int(rounds) >= 310_000) == ("pbkdf2_sha256", True)
    assert len(salt) >= 22  # of 62 characters: 128 bits
    assert not OURS.search((ROOT / "config" / "settings.py").read_text("utf-8"))
