"""What the address of a page of progress asks for, and addresses that ask for something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from surveys.admin.access import key_in, person_of, survey_in, surveys_for
from surveys.fieldwork import current_wave
from surveys.models import Membership, Role, Site, Survey, User, Wave
from surveys.models.survey import supervises
from surveys.progress import Scope

READERS = (Role.COORDINATOR, Role.SUPERVISOR)
TABLES = {"site": _("By site"), "person": _("By enumerator"), "team": _("By team")}


@dataclass(frozen=True)
class Filters:
    """A survey's wave, what of it is looked at, and which table is open from which line on.

    `team` are the enumerators whom the reader sees, None for all; `site` and `person` are named in the
    address, whether there is such a one or not.
    """

    survey: Survey
    surveys: Sequence[Survey]
    wave: Wave
    waves: Sequence[Wave]
    team: frozenset[int] | None
    site: str = ""
    person: str = ""
    since: date | None = None
    table: str = "site"
    after: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters | None":
        """None where the person runs no survey; a survey that is not the person's is not found."""
        surveys, key = list(surveys_for(request, READERS)), survey_in(request)
        survey = next((one for one in surveys if key in (None, one.pk)), None)
        if survey is None and surveys:
            raise Http404
        if survey is None:
            return None
        waves = list(survey.waves.select_related("survey"))
        chosen = key_in(request.GET.get("wave"))
        wave = next((one for one in waves if one.pk == chosen), None) or current_wave(survey)
        table = _text(request, "table")
        return cls(
            survey=survey,
            surveys=surveys,
            wave=wave,
            waves=waves,
            team=_team(person_of(request), survey),
            site=_text(request, "site"),
            person=_text(request, "person"),
            since=_day(_text(request, "since")),
            table=table if table in TABLES else "site",
            after=_text(request, "after"),
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
        members = Membership.objects.filter(survey=self.survey, role=Role.ENUMERATOR)
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
    if Survey.objects.with_role(person, Role.COORDINATOR).filter(pk=survey.pk).exists():
        return None
    members = Membership.objects.filter(survey=survey, role=Role.ENUMERATOR)
    team = members.filter(supervises(person, survey="survey", person="user"))
    return frozenset(team.values_list("user", flat=True))


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()  # PostgreSQL has no NUL


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
