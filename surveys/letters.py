"""An e-mail to a person, in the language of that person."""

import logging
from collections.abc import Callable
from smtplib import SMTPException
from typing import TypeAlias

from django.core.mail import send_mail
from django.utils import translation

from surveys.models import User

Letter: TypeAlias = tuple[str, str]  # subject and text

logger = logging.getLogger(__name__)


def send(person: User, write: Callable[[], Letter], *, to: str = "") -> bool:
    """Whether it went out. `write` is called where the person's language is active; `to` is an address
    instead of the person's.
    """
    with translation.override(person.language or None):
        subject, text = write()
    one_line = " ".join(subject.split())
    try:
        return bool(send_mail(one_line, text, None, [to or person.email]))
    except (SMTPException, OSError):
        logger.exception("An e-mail did not reach person %s: %s", person.pk, one_line)
        return False
