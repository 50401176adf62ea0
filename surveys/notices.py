"""What changed about how somebody signs in, told by e-mail: the person did it, or should ask who did."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from surveys import letters
from surveys.errors import gettext_noop
from surveys.letters import Letter
from surveys.models import User

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
        write = partial(_letter, change, person.get_username(), by)
        transaction.on_commit(lambda: letters.send(person, write, to=to))


def _letter(change: str, name: str, by: str) -> Letter:
    happened = _(change) % {"name": name, "by": by}
    then = _("If you did not ask for it, tell an administrator at once.")
    return _("Five Standards: your sign-in was changed"), f"{happened}\n\n{then}"
