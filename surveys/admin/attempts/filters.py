"""What the address of a page of selected people asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from surveys.admin.access import key_in, person_of, survey_in, surveys_for
from surveys.fieldwork import current_wave
from surveys.memberships import has_role, may_see_people
from surveys.models import Role, Survey, User, Wave
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
class Filters:
    """A survey's wave, by what it is divided, and after which site the page begins.

    Who may not see people divides by sites only; `is_whole` says whether all people are the
    reader's to see, or only those of a team.
    """

    reader: User
    survey: Survey
    surveys: Sequence[Survey]
    wave: Wave
    waves: Sequence[Wave]
    by: str
    sees_people: bool
    is_whole: bool
    after: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters | None":
        """None where there is no survey; one that is not the person's is not found."""
        reader, surveys, key = (
            person_of(request),
            surveys_for(request, STAFF_ROLES),
            survey_in(request),
        )
        survey = get_object_or_404(surveys, pk=key) if key is not None else surveys.first()
        if survey is None:
            return None
        waves = list(survey.waves.select_related("survey"))
        chosen = key_in(request.GET.get("wave"))
        wave = next((one for one in waves if one.pk == chosen), None) or current_wave(survey)
        sees_people = may_see_people(reader, survey.pk)
        by = request.GET.get("by", SITE)
        return cls(
            reader=reader,
            survey=survey,
            surveys=list(surveys),
            wave=wave,
            waves=waves,
            by=by if sees_people and by in (ENUMERATOR, TEAM) else SITE,
            sees_people=sees_people,
            is_whole=has_role(reader, survey.pk, Role.COORDINATOR),
            after=request.GET.get("after", "").replace("\x00", ""),
        )

    def query(self, **changed: str) -> str:
        """What follows the `?` of an address with something else in it."""
        given = {"survey": str(self.survey.pk), "wave": str(self.wave.pk), "by": self.by, **changed}
        return urlencode(given)
