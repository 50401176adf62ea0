"""Guessing passwords gets slow, and is no way to lock somebody out."""

from datetime import datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from config import lockout
from surveys.models import User
from tests.factories import PASSWORD, make_enumerator, make_site, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def person() -> User:
    return make_enumerator(make_site(make_survey()), "E01")


def attempt(address: str, password: str, client: Client | None = None, **more: str) -> int:
    given = {"username": "E01", "password": password, **more}
    return (client or Client()).post("/login/", given, REMOTE_ADDR=address).status_code


def test_who_guesses_from_one_address_is_paused_and_locks_nobody_else_out() -> None:
    tries = [attempt("203.0.113.1", f"guess {number}") for number in range(12)]
    assert tries[-1] == 429
    assert attempt("203.0.113.1", PASSWORD) == 429
    assert attempt("198.51.100.7", PASSWORD) == 302


def test_who_guesses_from_many_addresses_is_slowed_down() -> None:
    """Ten minutes of guesses, one in five seconds, each from another address."""
    moment = timezone.now()
    taken = 0
    with pytest.MonkeyPatch.context() as patch:
        for second in range(0, 600, 5):
            now = moment + timedelta(seconds=second)
            patch.setattr(timezone, "now", lambda now=now: now)
            taken += attempt(f"203.0.113.{second // 5}", "a guess") == 200
    assert lockout.FREE_FAILURES <= taken <= lockout.FREE_FAILURES + 25


def guessed(last: datetime) -> None:
    """By a crowd, until just now."""
    for number in range(50):
        AccessAttempt.objects.create(
            username="E01",
            ip_address=f"203.0.113.{number}",
            failures_since_start=3,
        )
    AccessAttempt.objects.update(attempt_time=last)


def test_a_browser_that_somebody_signed_in_with_before_goes_on() -> None:
    phone = Client()
    assert attempt("198.51.100.7", PASSWORD, phone) == 302
    phone.post("/logout/")
    guessed(timezone.now())
    assert attempt("198.51.100.8", PASSWORD) == 429  # another browser
    assert attempt("192.0.2.44", PASSWORD, phone) == 302  # from another network
    phone.post("/logout/")
    phone.cookies["known"] = phone.cookies["known"].value + "x"
    assert attempt("192.0.2.44", PASSWORD, phone) == 429


def test_the_pause_is_a_minute_and_never_longer() -> None:
    guessed(timezone.now() - timedelta(seconds=lockout.LONGEST_PAUSE_S + 1))
    assert attempt("198.51.100.7", PASSWORD) == 302


def test_of_a_wrong_try_no_answer_is_kept() -> None:
    attempt("203.0.113.1", "a guess", kept="said-in-an-interview")
    stored = AccessAttempt.objects.get().post_data
    assert "said-in-an-interview" not in stored
    assert "a guess" not in stored
