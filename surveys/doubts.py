"""Doubts from one run of the checks to the next: kept, laid aside with a reason, back when they grow."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Dismissal, Doubt, Inspection, Interview, Site, User
from surveys.quality.finding import About, Check, Finding

MOST_OF_A_CHECK = 5_000  # doubts of one check that are kept, the worst
MOST_BEHIND = 200  # interviews of one doubt that are kept
BATCH = 500
MORE_INTERVIEWS = 1.2  # times as many: a doubt that was laid aside has grown
STEP = 0.25  # of how far the value was beyond its limit
ROUNDING = 1e-9
STEPS: Mapping[str, float] = {  # where a smaller step is more than chance
    Check.NEAR_IDENTICAL: 0.05,
    Check.SUSPICION: 9.0,  # p falls to a tenth of what it was
}
FIELDS = (
    "severity", "numbers", "size", "interview", "enumerator", "site", "state", "last_seen",
)  # fmt: skip
State = Doubt.State


class NotYours(SurveyError):
    """There is no such doubt, or the person may not decide on it."""

    status = 404


class NoReason(SurveyError):
    """Whoever reads a dismissal later must know why."""

    status = 400


@dataclass(frozen=True)
class _Made:
    """An interview's key, who made it and where."""

    pk: int
    enumerator: int | None
    site: int | None


@transaction.atomic
def keep(inspection: Inspection, findings: Sequence[Finding], now: datetime) -> None:
    """Store what a run found: doubts that are still there are brought up to date, new ones added,
    those that are not found any more marked as gone. Nothing is deleted.
    """
    kept = list(_worst(findings))
    locked = inspection.doubts.select_for_update()  # nobody dismisses one meanwhile
    known = {doubt.key: doubt for doubt in locked}
    standing = {
        one.doubt_id: one
        for one in Dismissal.objects.filter(doubt__inspection=inspection, ended_at=None)
    }
    places = _Places(inspection, kept)
    added, changed = [], []
    for finding in kept:
        doubt = known.get(finding.key)
        if doubt is None:
            added.append(places.put(_new(inspection, finding, now), finding))
            continue
        places.put(doubt, finding)
        _update(doubt, finding, standing.get(doubt.pk), now)
        changed.append(doubt)
    gone = known.keys() - {finding.key for finding in kept}
    _mark_gone(inspection, gone)
    Doubt.objects.bulk_create(  # one statement a batch, where bulk_update takes ten times as long
        changed, BATCH, update_conflicts=True, update_fields=FIELDS, unique_fields=("pk",)
    )
    Doubt.objects.bulk_create(added, BATCH)
    _put_behind(inspection, kept)


def _worst(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those that are kept of each check; findings come with the worst first, each key once."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for finding in findings:
        counts[finding.check] += 1
        if counts[finding.check] <= MOST_OF_A_CHECK and finding.key not in seen:
            seen.add(finding.key)
            yield finding


def _new(inspection: Inspection, finding: Finding, now: datetime) -> Doubt:
    doubt = Doubt(
        inspection=inspection,
        key=finding.key,
        check_name=finding.check,
        about=finding.about,
        name=finding.name[:500],
        question=finding.question[:500],
        detail=finding.doubt[:500],
        first_seen=now,
    )
    _update(doubt, finding, None, now)
    return doubt


def _update(doubt: Doubt, finding: Finding, dismissal: Dismissal | None, now: datetime) -> None:
    doubt.severity = finding.severity
    doubt.numbers = numbers_of(finding)
    doubt.size = len(finding.interviews)
    doubt.last_seen = now
    doubt.state = State.OPEN
    if dismissal is not None and has_grown(doubt, dismissal):
        dismissal.ended_at = now
        dismissal.save(update_fields=["ended_at"])
    elif dismissal is not None:
        doubt.state = State.DISMISSED


def numbers_of(finding: Finding) -> dict[str, float]:
    named = {
        "value": finding.value,
        "expected": finding.expected,
        "threshold": finding.threshold,
        "p": finding.p,
    }
    return {
        name: float(value) for name, value in named.items() if value is not None and value == value
    }


def has_grown(doubt: Doubt, dismissal: Dismissal) -> bool:
    """Whether the evidence is more than what somebody laid aside, by more than the check's step."""
    step = STEPS.get(doubt.check_name, STEP)
    before, after = dismissal.numbers, doubt.numbers
    if doubt.severity > dismissal.severity:
        return True
    if doubt.size > max(dismissal.size + 1, dismissal.size * MORE_INTERVIEWS):
        return True
    if doubt.check_name == Check.SUSPICION:
        return float(after.get("p", 1)) * (1 + step) < float(before.get("p", 1))
    reach, now = _beyond(before), _beyond(after)
    return now > reach * (1 + step) and now - reach > ROUNDING


def _beyond(numbers: Mapping[str, float]) -> float:
    """How far a value is beyond its limit, or from what is usual where it has none."""
    limit = numbers.get("threshold", numbers.get("expected", 0.0))
    return abs(numbers.get("value", limit) - limit)


def _mark_gone(inspection: Inspection, keys: Collection[str]) -> None:
    """A dismissal stays: the same doubt, coming back, stays quiet."""
    listed = sorted(keys)
    for start in range(0, len(listed), BATCH):
        some = inspection.doubts.filter(key__in=listed[start : start + BATCH])
        some.exclude(state=State.GONE).update(state=State.GONE)


class _Places:
    """Whom and what a doubt alone is about, as rows of the database."""

    def __init__(self, inspection: Inspection, findings: Sequence[Finding]) -> None:
        named = {int(pk) for finding in findings for pk in finding.interviews[:MOST_BEHIND]}
        rows = Interview.objects.filter(
            questionnaire=inspection.questionnaire_id, wave=inspection.wave_id
        ).values_list("pk", "enumerator", "site")
        self.made = {pk: _Made(pk, who, at) for pk, who, at in rows.iterator() if pk in named}
        people = {finding.name for finding in findings if finding.about is About.ENUMERATOR}
        self.people = dict(User.objects.filter(username__in=people).values_list("username", "pk"))
        survey = inspection.questionnaire.survey_id
        codes = {finding.name for finding in findings if finding.about is About.SITE}
        sites = Site.objects.filter(survey=survey, code__in=codes)
        self.sites = dict(sites.values_list("code", "pk"))

    def put(self, doubt: Doubt, finding: Finding) -> Doubt:
        behind = [
            self.made[int(pk)] for pk in finding.interviews[:MOST_BEHIND] if int(pk) in self.made
        ]
        if finding.about is About.INTERVIEW:
            own = self.made.get(int(finding.name))
            doubt.interview_id = own.pk if own else None
            behind = [own] if own else []
        if finding.about is About.ENUMERATOR:
            doubt.enumerator_id = self.people.get(finding.name)
        elif finding.about in (About.INTERVIEW, About.CASE, About.PERSON):
            doubt.enumerator_id = _only({one.enumerator for one in behind})
            doubt.site_id = _only({one.site for one in behind})
        elif finding.about is About.SITE:
            doubt.site_id = self.sites.get(finding.name)
        return doubt


def _only(keys: set[int | None]) -> int | None:
    return next(iter(keys)) if len(keys) == 1 else None


def _put_behind(inspection: Inspection, findings: Sequence[Finding]) -> None:
    """The interviews behind each doubt, changed where they are not those that are there."""
    through = Doubt.interviews.through
    doubts = dict(inspection.doubts.values_list("key", "pk"))
    here: dict[int, set[int]] = defaultdict(set)
    links = through.objects.filter(doubt__inspection=inspection)
    for doubt, interview in links.values_list("doubt", "interview").iterator():
        here[doubt].add(interview)
    added, dropped = [], []
    for finding in findings:
        doubt = doubts[finding.key]
        wanted = {int(pk) for pk in finding.interviews[:MOST_BEHIND]}
        added += [through(doubt_id=doubt, interview_id=pk) for pk in wanted - here[doubt]]
        dropped += [(doubt, pk) for pk in here[doubt] - wanted]
    for doubt, pk in dropped:
        through.objects.filter(doubt=doubt, interview=pk).delete()
    through.objects.bulk_create(added, batch_size=BATCH, ignore_conflicts=True)


@transaction.atomic
def dismiss(doubt_id: int, *, by: User, reason: str) -> Doubt:
    """Lay a doubt aside: it stays quiet for that reason until its evidence has grown.

    Dismissing again gives another reason, on today's evidence. Raises NotYours or NoReason.
    """
    if not reason.strip():
        raise NoReason(
            gettext_noop(
                "Say why this is no doubt any more, such as “back-check agrees”. It stays quiet for "
                "that reason."
            )
        )
    doubt = _held(doubt_id, by)
    doubt.dismissals.filter(ended_at=None).update(ended_at=timezone.now())
    doubt.dismissals.create(
        reason=reason.strip()[:1000],
        by=by,
        severity=doubt.severity,
        numbers=doubt.numbers,
        size=doubt.size,
    )
    doubt.state = State.DISMISSED
    doubt.save(update_fields=["state"])
    return doubt


@transaction.atomic
def reopen(doubt_id: int, *, by: User) -> Doubt:
    """Take a dismissal back. Raises NotYours."""
    doubt = _held(doubt_id, by)
    if doubt.state == State.DISMISSED:
        doubt.dismissals.filter(ended_at=None).update(ended_at=timezone.now())
        doubt.state = State.OPEN
        doubt.save(update_fields=["state"])
    return doubt


def _held(doubt_id: int, by: User) -> Doubt:
    visible = Doubt.objects.visible_to(by).filter(pk=doubt_id).values("pk")
    doubt = Doubt.objects.select_for_update().filter(pk__in=visible).first()
    if doubt is None or doubt.state == State.GONE:
        raise NotYours(
            gettext_noop("There is no such doubt any more, or it is not yours. Look again.")
        )
    return doubt
