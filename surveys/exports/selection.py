"""Of a questionnaire's interviews those that are wanted: by wave, site, state and day of arrival."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Q

from surveys.disclosure.coarseness import Dates
from surveys.disclosure.terms import Terms
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Survey, User
from surveys.moments import day_in, midnight


class NotSelectable(SurveyError):
    """A selection of what is not there, or would tell more than the rows do."""


@dataclass(frozen=True)
class Selection:
    """What is blank limits nothing. Both days are among those taken, by the server's time zone."""

    waves: tuple[int, ...] = ()  # numbers
    sites: tuple[str, ...] = ()  # codes
    states: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        return cls(
            tuple(written.get("waves", ())),
            tuple(written.get("sites", ())),
            tuple(written.get("states", ())),
            day_in(written.get("since") or ""),
            day_in(written.get("until") or ""),
        )

    def written(self) -> dict[str, Any]:
        """For JSON: only what limits anything."""
        given = {name: value for name, value in asdict(self).items() if value}
        return {
            name: value.isoformat() if isinstance(value, date) else list(value)
            for name, value in given.items()
        }

    @property
    def is_all(self) -> bool:
        return self == EVERYTHING

    @property
    def condition(self) -> Q:
        """Of interviews."""
        found = Q()
        if self.waves:
            found &= Q(wave__number__in=self.waves)
        if self.sites:
            found &= Q(site__code__in=self.sites)
        if self.states:
            found &= Q(state__in=self.states)
        if self.since:
            found &= Q(received_at__gte=midnight(self.since))
        if self.until:
            found &= Q(received_at__lt=midnight(self.until + timedelta(days=1)))
        return found

    def require_known(self, survey: Survey, person: User | None) -> None:
        """Raises NotSelectable: a misspelt site would give a file that looks whole."""
        waves = survey.waves.filter(number__in=self.waves).values_list("number", flat=True)
        _require_none(set(self.waves) - set(waves), gettext_noop("There is no wave %(missing)s."))
        seen = survey.sites.visible_to(person) if person else survey.sites.all()
        sites = seen.filter(code__in=self.sites).values_list("code", flat=True)
        _require_none(set(self.sites) - set(sites), gettext_noop("There is no site %(missing)s."))
        if self.since and self.until and self.since > self.until:
            raise NotSelectable(gettext_noop("The last day must not be before the first."))

    def require_told(self, terms: Terms | None) -> None:
        """Nobody chooses by what the rows do not say: files of halves of a day would find the minute.

        Raises NotSelectable.
        """
        if terms is None:
            return
        if self.sites and not terms.gives_fact("site"):
            raise NotSelectable(
                gettext_noop("This audience is not told sites, so nobody chooses by them for it.")
            )
        if (self.since or self.until) and terms.dates not in (Dates.EXACT, Dates.DAY):
            raise NotSelectable(
                gettext_noop("This audience is not told days, so nobody chooses by them for it.")
            )


EVERYTHING = Selection()


def _require_none(missing: Iterable[object], sentence: str) -> None:
    if missing:
        raise NotSelectable(sentence, missing=", ".join(sorted(map(str, missing))))
