"""An e-mail to a person speaks the person's language, and its failure is noted, not raised."""

import pytest
from django.core import mail
from django.utils import translation
from django.utils.translation import gettext as _

from surveys import letters
from surveys.models import User

PERSON = User(pk=7, username="P1", email="p1@example.org", language="zh-hans")


def write() -> letters.Letter:
    return "Survey\nof two lines", _("Yes")


def test_it_is_written_in_the_persons_language_and_its_subject_is_one_line() -> None:
    with translation.override("en"):
        assert letters.send(PERSON, write)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["p1@example.org"], "Survey of two lines", "是")


def test_another_address_may_be_written_to() -> None:
    letters.send(PERSON, write, to="former@example.org")
    assert mail.outbox[0].to == ["former@example.org"]


def test_a_server_that_is_down_is_noted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(*_args: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(letters, "send_mail", down)
    assert not letters.send(PERSON, write)
    assert "did not reach person 7: Survey of two lines" in caplog.text
