"""What the address of a page of selected people asks for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from surveys.admin.access import asked, person_of
from surveys.admin.waves import WaveChoice, chosen_wave
from surveys.memberships import has_role, may_see_people
from surveys.models import Role, User
from surveys.models.outcome import LABELS
from surveys.models.survey import STAFF_ROLES

SITE, ENUMERATOR, TEAM = "site", "enumerator", "team"


class OutcomeFilter(DropdownFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(outcome.value, str(label)) for outcome, label in LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(outcome=self.value()) if self.value() else queryset


@dataclass(frozen=True)
class Filters(WaveChoice):
    """A survey's wave, by what it is divided, and after which site the page begins.

    Who may not see people divides by sites only; `is_whole` says whether all people are the
    reader's to see, or only those of a team.
    """

    reader: User
    by: str
    sees_people: bool
    is_whole: bool
    after: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters | None":
        """None where there is no survey; one that is not the person's is not found."""
        reader, chosen = person_of(request), chosen_wave(request, STAFF_ROLES)
        if chosen is None:
            return None
        sees_people = may_see_people(reader, chosen.survey.pk)
        by = request.GET.get("by", SITE)
        return cls(
            **vars(chosen),
            reader=reader,
            by=by if sees_people and by in (ENUMERATOR, TEAM) else SITE,
            sees_people=sees_people,
            is_whole=has_role(reader, chosen.survey.pk, Role.COORDINATOR),
            after=asked(request, "after"),
        )

    def query(self, **changed: str) -> str:
        """What follows the `?` of an address with something else in it."""
        given = {"survey": str(self.survey.pk), "wave": str(self.wave.pk), "by": self.by, **changed}
        return urlencode(given)
