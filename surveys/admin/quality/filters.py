"""What the address of the page of quality asks for, and addresses of the page that ask for more."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.http import urlencode

from surveys.admin.access import asked, key_in
from surveys.models import Doubt, Inspection
from surveys.models.check import DoubtQuerySet
from surveys.moments import day_in


@dataclass(frozen=True)
class Filters:
    """What the address of the page asks for."""

    check: str = ""
    doubt: int | None = None
    site: str = ""
    enumerator: str = ""
    since: date | None = None
    state: str = Doubt.State.OPEN
    after: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        given = request.GET
        state = given.get("state")
        return cls(
            check=asked(request, "check"),
            doubt=key_in(given.get("doubt")),
            site=asked(request, "site"),
            enumerator=asked(request, "enumerator"),
            since=day_in(asked(request, "since")),
            state=state if state in list(Doubt.State) else Doubt.State.OPEN,
            after=asked(request, "after"),
        )

    def of_doubts(self, rows: DoubtQuerySet) -> DoubtQuerySet:
        if self.site:
            rows = rows.filter(site__code=self.site)
        if self.enumerator:
            rows = rows.filter(enumerator__username=self.enumerator)
        if self.since:
            rows = rows.filter(first_seen__date__gte=self.since)
        return rows

    def query(self, inspection: Inspection, **changed: object) -> str:
        """The address of the page with something else in it."""
        given: dict[str, object] = {
            "inspection": inspection.pk,
            "site": self.site,
            "enumerator": self.enumerator,
            "since": self.since,
            "state": "" if self.state == Doubt.State.OPEN else self.state,
            "check": self.check,
            **changed,
        }
        return "?" + urlencode({name: str(value) for name, value in given.items() if value})
