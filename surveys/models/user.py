"""People who sign in. What they may do is said by their memberships and by nothing else."""

from typing import Any

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
    # How often the person signed out everywhere at once.
    sign_outs = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Rights come from memberships: there are neither groups nor permissions to ask for."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_superuser

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know to go on: it changes with the password, and when the person signs
        out everywhere.
        """
        of_password: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{of_password}-{self.sign_outs}" if self.sign_outs else of_password

    @cached_property
    def roles(self) -> frozenset[tuple[int, str]]:
        """Survey and role of every membership, read once: a request has one user."""
        return frozenset((survey, role) for survey, role, _ in self._memberships)

    @cached_property
    def identifying_roles(self) -> frozenset[tuple[int, str]]:
        """Of these the ones in which the person sees who people are, as the membership says."""
        return frozenset((survey, role) for survey, role, sees in self._memberships if sees)

    @cached_property
    def _memberships(self) -> list[tuple[int, str, bool]]:
        return list(self.memberships.values_list("survey_id", "role", "sees_identifiers"))
