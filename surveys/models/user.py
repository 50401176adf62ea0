"""People who sign in. What they may do is said by their memberships and by nothing else."""

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An account; enumerators have no e-mail, their user name is the code on their card."""

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
