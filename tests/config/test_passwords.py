"""Which passwords are taken: long ones of any kind, and none that is easy to guess."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from surveys.models import User

GOOD = (
    "correct horse battery",
    "alllowercaseletters",
    "8362 7409 5518",  # a number is as good as words, where it is by chance
    "雨伞 火车 蓝色 柚子 书桌 邮票",
    "x" * 20 + " and then some words",
    "five-standards of glass",
)
BAD = (
    "short words",  # 11 characters
    "123456789012",
    "210987654321",
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
