"""People who sign in. What they may do is said by their memberships and by nothing else."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from surveys.sealing import Key


class User(AbstractUser):
    """An account; enumerators have no e-mail, their user name is the code on their card.

    `draft_key` opens the person's drafts while a session of theirs does; no field of the table.
    """

    draft_key: Key | None = None
    language = models.CharField(
        _("language of e-mails"), max_length=10, blank=True, choices=settings.LANGUAGES
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    @cached_property
    def roles(self) -> frozenset[tuple[int, str]]:
        """Survey and role of every membership, read once: a request has one user."""
        return frozenset(self.memberships.values_list("survey_id", "role"))
