"""What the address of a page of progress asks for, and addresses that ask for something else."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from surveys.admin.access import asked, person_of
from surveys.admin.waves import WaveChoice, chosen_wave
from surveys.memberships import PEOPLE_READERS, has_role, led_by
from surveys.models import Role, Site, Survey, User
from surveys.models.survey import enumerators_of
from surveys.moments import day_in
from surveys.progress.scope import Scope

TABLES = {"site": _("By site"), "person": _("By enumerator"), "team": _("By team")}


@dataclass(frozen=True)
class Filters(WaveChoice):
    """A survey's wave, what of it is looked at, and which table is open from which line on.

    `team` are the enumerators whom the reader sees, None for all; `site` and `person` are named in the
    address, whether there is such a one or not.
    """

    team: frozenset[int] | None
    site: str = ""
    person: str = ""
    since: date | None = None
    table: str = "site"
    after: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters | None":
        """None where the person runs no survey; a survey that is not the person's is not found."""
        chosen = chosen_wave(request, PEOPLE_READERS)
        if chosen is None:
            return None
        table = asked(request, "table")
        return cls(
            **vars(chosen),
            team=_team(person_of(request), chosen.survey),
            site=asked(request, "site"),
            person=asked(request, "person"),
            since=day_in(asked(request, "since")),
            table=table if table in TABLES else "site",
            after=asked(request, "after"),
        )

    @property
    def is_whole(self) -> bool:
        return self.team is None

    def scope(self) -> Scope:
        """A site or person that is not there, or not for the reader, has nothing."""
        site, people = None, self.team
        if self.site:
            found = Site.objects.filter(survey=self.survey, code=self.site).first()
            site = found or Site(pk=0, survey=self.survey, code=self.site)
        if self.person:
            named = User.objects.filter(username=self.person).values_list("pk", flat=True)
            people = frozenset(named) if people is None else people & frozenset(named)
        return Scope(self.wave, people, site)

    def people(self) -> list[str]:
        """The names that the reader may choose from."""
        members = enumerators_of(self.survey.pk)
        members = members if self.team is None else members.filter(user__in=self.team)
        return list(members.values_list("user__username", flat=True).order_by("user__username"))

    def query(self, **changed: object) -> str:
        """What follows the `?` of an address with something else in it; lists begin anew."""
        given: dict[str, object] = {
            "survey": self.survey.pk,
            "wave": self.wave.pk if len(self.waves) > 1 else "",
            "site": self.site,
            "person": self.person,
            "since": self.since,
            "table": self.table,
            **changed,
        }
        return urlencode({name: str(value) for name, value in given.items() if value})

    def interviews(self, **only: int) -> str:
        """The address of the list of interviews, of those of the survey that are asked for."""
        query = urlencode({"survey": self.survey.pk, **only})
        return f"{reverse('admin:surveys_interview_changelist')}?{query}"


def _team(person: User, survey: Survey) -> frozenset[int] | None:
    """The enumerators of the teams that the person leads in the survey, None for all."""
    if has_role(person, survey.pk, Role.COORDINATOR):
        return None
    return frozenset(led_by(person, survey.pk).values_list("user", flat=True))
