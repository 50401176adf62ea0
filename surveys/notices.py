"""What changed about how somebody signs in, told by e-mail: the person did it, or should ask who did."""

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from surveys.errors import gettext_noop
from surveys.models import User

logger = logging.getLogger(__name__)

PASSWORD_CHANGED = gettext_noop("The password of your account %(name)s was changed.")
PASSWORD_SET = gettext_noop("%(by)s has set another password for your account %(name)s.")
ADDRESS_CHANGED = gettext_noop("The e-mail address of your account %(name)s was changed.")
STEP_ON = gettext_noop("Two-step sign-in was switched on for your account %(name)s.")
STEP_OFF = gettext_noop("Two-step sign-in was switched off for your account %(name)s.")
STEP_RESET = gettext_noop("%(by)s has switched off two-step sign-in for your account %(name)s.")
CODES_RENEWED = gettext_noop("New recovery codes were made for your account %(name)s.")
CODE_TWICE = gettext_noop(
    "A sign-in code of your account %(name)s was used a second time, and was refused. Somebody may "
    "know your password and see your codes."
)


def tell(person: User, change: str, *, by: str = "", address: str = "") -> None:
    """Send one of the sentences above to the person's address, or to the one they had until now, once
    what happened is stored. Who has no address is not told.
    """
    to = address or person.email
    if to:
        transaction.on_commit(lambda: _send(person, change, by, to))


def _send(person: User, change: str, by: str, to: str) -> None:
    with translation.override(person.language or None):
        subject = _("Five Standards: your sign-in was changed")
        happened = _(change) % {"name": person.get_username(), "by": by}
        text = happened + "\n\n" + _("If you did not ask for it, tell an administrator at once.")
    try:
        send_mail(subject, text, None, [to])
    except (SMTPException, OSError):
        logger.exception("No e-mail about the sign-in reached person %s", person.pk)
