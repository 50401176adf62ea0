"""Second visits whose answers differ: both answers, who gave them to whom, and the interviews."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveys.admin.backchecks.words import TYPES, Wording, wording_of
from surveys.admin.paging import portion_of
from surveys.backchecks.questions import questions_of
from surveys.models import BackCheck, Interview, SecondVisit, User
from surveys.models.backcheck import SecondVisitQuerySet
from surveys.quality.backchecks import Outcome

PAGE = 20


@dataclass(frozen=True)
class Pair:
    question: str
    type: str
    first: str
    second: str
    is_equal: bool


@dataclass(frozen=True)
class Different:
    """`visit` with its pairs: those that differ first."""

    visit: SecondVisit
    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if not pair.is_equal)


@dataclass(frozen=True)
class Listed:
    rows: Sequence[Different]
    after: int | None  # the key after which more follow


def listed(
    backcheck: BackCheck, visits: SecondVisitQuerySet, wording: Wording, after: int | None
) -> Listed:
    """The newest first, paged by key."""
    rows = _related(visits.done().filter(differences__gt=0)).order_by("-pk")
    shown = portion_of(rows.filter(pk__lt=after) if after else rows, PAGE)
    last = shown.last
    return Listed(
        [Different(one, tuple(_pairs(backcheck, one, wording))) for one in shown.rows],
        last.pk if last else None,
    )


def visits_to(interview: Interview, person: User) -> Iterator[Different]:
    """The second visits to an interview that the reader may see, with all answers."""
    found = SecondVisit.objects.visible_to(person).done().filter(interview=interview)
    for one in _related(found).select_related("backcheck__short__current"):
        wording = wording_of(one.backcheck)
        if wording is not None:
            yield Different(one, tuple(_pairs(one.backcheck, one, wording)))


def _related(visits: SecondVisitQuerySet) -> SecondVisitQuerySet:
    return visits.select_related(
        "interview__site", "interview__enumerator", "checker", "visit"
    ).defer(
        *(f"{one}__{name}" for one in ("interview", "visit") for name in ("answers", "skipped"))
    )


def _pairs(backcheck: BackCheck, visit: SecondVisit, wording: Wording) -> list[Pair]:
    found = []
    for one in questions_of(backcheck):
        if one.place in visit.compared:
            first, second, outcome = visit.compared[one.place]
            found.append(
                Pair(
                    wording.question(one.place),
                    str(TYPES[one.type]),
                    wording.answer(one.place, first),
                    wording.answer(one.place, second),
                    outcome != Outcome.DIFFERENT,
                )
            )
    return sorted(found, key=lambda pair: pair.is_equal)
