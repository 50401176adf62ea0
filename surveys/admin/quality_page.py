"""What the page of quality shows: checks, the doubts of one of them, enumerators side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.admin.access import key_in
from surveys.doubt_words import SEVERITIES, WORDS, Said, said_of, title_of
from surveys.models import Doubt, Inspection, Interview, Membership, Role, User
from surveys.models.check import DoubtQuerySet
from surveys.models.survey import supervises
from surveys.quality.finding import Check
from surveys.quality.thresholds import Thresholds
from surveys.quantities import duration, share, times
from surveys.questionnaires import form_of
from surveys.verdicts import decidable_by
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import relative

PAGE = 20  # doubts or interviews at once
LATELY = timedelta(days=1)
FEWEST = 10  # interviews of a person, before shares are shown
UNUSUAL_PACE = (0.7, 1.4)
TIMED = frozenset({Check.SHORT_INTERVIEW, Check.LONG_INTERVIEW})


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
            check=_text(request, "check"),
            doubt=key_in(given.get("doubt")),
            site=_text(request, "site"),
            enumerator=_text(request, "enumerator"),
            since=_day(given.get("since", "")),
            state=state if state in list(Doubt.State) else Doubt.State.OPEN,
            after=given.get("after", ""),
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


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()  # PostgreSQL has no NUL


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class CheckRow:
    """A check and what it found; `severity` is its worst, None where it found nothing."""

    check: str
    title: str
    meaning: str
    chip: str
    severity: str
    found: int
    new: int  # since a day ago, 0 where all are
    mostly: str
    address: str


def checks_of(
    inspection: Inspection, doubts: DoubtQuerySet, filters: Filters, thresholds: Thresholds
) -> tuple[list[CheckRow], list[str]]:
    """The checks that found something, the worst first, and the titles of the others."""
    grouped = doubts.order_by().values("check_name", "enumerator__username")
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    worst: dict[str, int] = {}
    new: Counter[str] = Counter()
    lately = Count("pk", filter=Q(first_seen__gte=timezone.now() - LATELY))
    for row in grouped.annotate(found=Count("pk"), worst=Max("severity"), new=lately):
        name = row["check_name"]
        new[name] += row["new"]
        counts[name][row["enumerator__username"] or ""] = row["found"]
        worst[name] = max(worst.get(name, 0), row["worst"])
    order = sorted(counts, key=lambda name: (-worst[name], -sum(counts[name].values()), name))
    rows = []
    for name in order:
        chip, severity = SEVERITIES[worst[name]]
        rows.append(
            CheckRow(
                check=name,
                title=title_of(name),
                meaning=WORDS[name].said(thresholds) if name in WORDS else "",
                chip=chip,
                severity=str(severity),
                found=sum(counts[name].values()),
                new=new[name] if new[name] < sum(counts[name].values()) else 0,
                mostly=_mostly(counts[name]),
                address=filters.query(inspection, check=name),
            )
        )
    return rows, [str(words.title) for name, words in WORDS.items() if name not in counts]


def _mostly(counts: Mapping[str, int]) -> str:
    """Who made most of them, where somebody made a good part."""
    people = {name: found for name, found in counts.items() if name}
    if not people:
        return ""
    name = max(people, key=lambda one: (people[one], one))
    is_most = 3 * people[name] >= sum(counts.values())
    return f"{name}: {people[name]}" if is_most else ""


@dataclass(frozen=True)
class DoubtRow:
    """A doubt as the page lists it. `others` are titles of what else is doubted of the interview."""

    doubt: Doubt
    title: str
    said: Said
    subject: str
    question: str
    chip: str
    severity: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    rows: Sequence[DoubtRow]
    more: str  # the address of those that follow, blank where there are none


def listed(
    inspection: Inspection, doubts: DoubtQuerySet, filters: Filters, form: FormDef | None
) -> Listed:
    """The doubts of one check, the worst first, paged by key."""
    rows = doubts.filter(check_name=filters.check).order_by("-severity", "pk")
    severity, _dash, key = filters.after.partition("-")
    if key_in(severity) and key_in(key):
        rows = rows.filter(
            Q(severity__lt=int(severity)) | Q(severity=int(severity), pk__gt=int(key))
        )
    related = rows.select_related("interview__site", "enumerator", "site")
    some = list(related.defer("interview__answers", "interview__skipped")[: PAGE + 1])
    shown = some[:PAGE]
    others = _others(doubts, shown)
    last = shown[-1] if len(some) > PAGE else None
    return Listed(
        [replace(row_of(one, form), others=tuple(others.get(one.pk, ()))) for one in shown],
        filters.query(inspection, after=f"{last.severity}-{last.pk}") if last else "",
    )


def _others(doubts: DoubtQuerySet, shown: Sequence[Doubt]) -> dict[int, list[str]]:
    """What else is doubted of the interviews, by the key of the doubt."""
    keys = {one.interview_id: one for one in shown if one.interview_id}
    found = doubts.filter(interview__in=keys).order_by("check_name")
    names: dict[int, list[str]] = defaultdict(list)
    for interview, check in found.values_list("interview", "check_name").distinct():
        if interview and check != keys[interview].check_name:
            names[interview].append(title_of(check))
    return {one.pk: names[one.interview_id] for one in shown if one.interview_id in names}


def row_of(doubt: Doubt, form: FormDef | None) -> DoubtRow:
    chip, severity = SEVERITIES[doubt.severity]
    return DoubtRow(
        doubt,
        title_of(doubt.check_name),
        said_of(doubt),
        _subject(doubt),
        _question(doubt, form),
        chip,
        str(severity),
    )


def _subject(doubt: Doubt) -> str:
    """What it is about, where that is not an interview."""
    match doubt.about:
        case "interview":
            return ""
        case "person":
            return _("a person")
        case "question":
            return doubt.name.rpartition("/")[2]
        case _:
            return doubt.name


def _question(doubt: Doubt, form: FormDef | None) -> str:
    """The words of the question, section or scale that it is about; its name where it has none."""
    place = doubt.name if doubt.about == "question" else doubt.question
    if not place or doubt.check_name == Check.OLD_FORM:
        return doubt.question
    return words_at(form, place) or place.rpartition("/")[2]


def words_at(form: FormDef | None, place: str) -> str:
    """The label of the question or section at a place below the root, in the reader's language."""
    if form is None:
        return ""
    language = form.language_for(get_language() or "")
    for question in form.questions:
        if relative(question.path) == place:
            return form.text(question.labels, language)
    for group in form.sections:
        if group.path and relative(group.path) == place:
            return form.text(group.labels, language)
    return ""


def form_for(inspection: Inspection) -> FormDef | None:
    version = inspection.questionnaire.current
    return form_of(version) if version else None


@dataclass(frozen=True)
class Behind:
    """One doubt with the interviews behind it that the reader sees."""

    row: DoubtRow
    interviews: Sequence[Interview]
    total: int
    more: str


def behind_of(
    inspection: Inspection,
    doubts: DoubtQuerySet,
    filters: Filters,
    person: User,
    form: FormDef | None,
) -> Behind | None:
    if filters.doubt is None:
        return None
    rows = doubts.filter(pk=filters.doubt)
    doubt = rows.select_related("interview", "enumerator", "site").first()
    if doubt is None:
        return None
    theirs = decidable_by(person).filter(doubts=doubt).order_by("pk")
    after = key_in(filters.after)
    found = theirs.filter(pk__gt=after) if after else theirs
    related = found.select_related("site", "enumerator").defer("answers", "skipped")
    some = list(related[: PAGE + 1])
    more = some[PAGE - 1].pk if len(some) > PAGE else None
    address = filters.query(inspection, doubt=doubt.pk, after=more) if more else ""
    return Behind(row_of(doubt, form), some[:PAGE], doubt.size, address)


@dataclass(frozen=True)
class Compared:
    """An enumerator beside the others; `at` is where the pace is on a line of 100, 60 the usual."""

    name: str
    interviews: int
    median: str
    pace: str
    at: float
    unsure: str
    straight: str
    far: str
    found: int
    is_unusual: bool
    address: str


def compared(
    inspection: Inspection, filters: Filters, shown: frozenset[str] | None
) -> list[Compared]:
    """`shown` are the enumerators whom the reader sees, None for all."""
    profiles = inspection.results.get("profiles", ())
    asked = {
        one["enumerator"]
        for one in inspection.results.get("suspicions", ())
        if one["verdict"] in ("look", "suspect")
    }
    return [
        _beside(one, inspection, filters, is_asked=one["enumerator"] in asked)
        for one in profiles
        if shown is None or one["enumerator"] in shown
    ]


def _beside(
    one: Mapping[str, Any], inspection: Inspection, filters: Filters, *, is_asked: bool
) -> Compared:
    pace, few = one["pace"], one["interviews"] < FEWEST
    low, high = UNUSUAL_PACE
    is_unusual = is_asked or (pace is not None and not few and not low <= pace <= high)
    name = one["enumerator"]
    return Compared(
        name=name,
        interviews=one["interviews"],
        median=duration(one["median_s"]) if one["median_s"] is not None else "–",
        pace=times(pace) if pace is not None else "",
        at=min(max(60 * pace, 5), 95) if pace is not None else 0,
        unsure=_share(one["unsure"], few=few),
        straight=_share(one["straight"], few=few),
        far=_share(one["far"], few=few),
        found=one["findings"],
        is_unusual=is_unusual,
        address=filters.query(inspection, enumerator=name, check=""),
    )


def _share(value: float | None, *, few: bool) -> str:
    """Of a few interviews a share says nothing."""
    return "–" if value is None or few else share(value)


@dataclass(frozen=True)
class EffectChip:
    icc: str
    deff: str
    questions: int


def effect_of(inspection: Inspection) -> EffectChip | None:
    """How much the answers depend on who asks: the middle one of all questions."""
    effects = inspection.results.get("effects", {}).values()
    iccs = sorted(one["icc"] for one in effects if one["icc"] is not None)
    deffs = sorted(one["deff"] for one in effects if one["deff"] is not None)
    if not iccs or not deffs:
        return None
    return EffectChip(f"{iccs[len(iccs) // 2]:.2f}", f"{deffs[len(deffs) // 2]:.1f}", len(iccs))


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float
    is_short: bool


@dataclass(frozen=True)
class Histogram:
    """In a picture of 420 by 120."""

    bars: tuple[Bar, ...]
    median_x: float
    limit_x: float
    median: str
    limit: str
    shortest: str
    longest: str


LEFT, WIDTH, TOP, FLOOR = 20, 380, 20, 100


def histogram_of(inspection: Inspection, thresholds: Thresholds) -> Histogram | None:
    """How long interviews took, with the middle and the limit of the short ones."""
    durations: Mapping[str, Any] = inspection.results.get("durations", {})
    edges: Sequence[float] = durations.get("edges") or ()
    middle = durations.get("median")
    if middle is None or len(edges) < 2 or edges[-1] <= edges[0]:
        return None
    limit, scale = thresholds.short_part * middle, WIDTH / (edges[-1] - edges[0])
    median_x, limit_x = (
        round(LEFT + (min(max(one, edges[0]), edges[-1]) - edges[0]) * scale, 1)
        for one in (middle, limit)
    )
    words = (duration(one) for one in (middle, limit, edges[0], edges[-1]))
    return Histogram(_bars(durations["counts"], edges, limit), median_x, limit_x, *words)


def _bars(counts: Sequence[int], edges: Sequence[float], limit: float) -> tuple[Bar, ...]:
    step, unit = WIDTH / len(counts), (FLOOR - TOP) / max(*counts, 1)
    return tuple(
        Bar(
            round(LEFT + at * step, 1),
            round(FLOOR - count * unit, 1),
            round(count * unit, 1),
            edges[at + 1] <= limit,
        )
        for at, count in enumerate(counts)
    )


def team_names(person: User, inspection: Inspection, *, is_whole: bool) -> frozenset[str] | None:
    """The enumerators of the teams that the person leads in the survey, None for all."""
    if is_whole:
        return None
    members = Membership.objects.filter(
        survey=inspection.questionnaire.survey_id, role=Role.ENUMERATOR
    )
    team = members.filter(supervises(person, survey="survey", person="user"))
    return frozenset(team.values_list("user__username", flat=True))


def inspected_people(inspection: Inspection, shown: Iterable[str] | None) -> Iterator[str]:
    """Whose interviews were looked at, for the filter."""
    for one in inspection.results.get("profiles", ()):
        if shown is None or one["enumerator"] in shown:
            yield one["enumerator"]
