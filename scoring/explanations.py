"""What a published number was made of: which interviews, whose answers, under which definitions.

Nothing is told of a group that the rules of publication hide: of a hidden number only that it is.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import numpy as np
from django.db.models import Count, Max, Q

from scoring import scores
from scoring.maths.answers import (
    Answers,
    ItemAnswers,
    Loss,
    counts_told,
    item_answers,
    losses,
    reasons,
)
from scoring.maths.cells import ALL
from scoring.maths.cells import Cell as CellKey
from scoring.maths.kinds import Kind
from scoring.maths.matrix import Booleans
from scoring.maths.variable import Meaning, meanings
from scoring.models import Estimate, EstimateSet
from scoring.people import People, judged
from scoring.schemes import spec_of
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Interview, Wave
from surveys.models.interview import LEFT_OUT


class UnknownNumber(SurveyError):
    """Nothing of that name is published."""

    status = 404


class Stage(Enum):
    """How far interviews and people come on the way to a number."""

    RECEIVED = "received"
    COUNTED = "counted"
    JUDGED = "judged"
    IN_GROUP = "in_group"
    VALID = "valid"


class Exit(Enum):
    """Why an interview is not counted, or a person not in the group; the first that holds."""

    PRACTICE = "practice"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    BY_RULE = "by_rule"  # of the survey, until it is looked at
    NO_SITE = "no_site"
    WAITING = "waiting"  # to be judged
    OTHER_LEVEL = "other_level"
    NO_LEVEL = "no_level"


@dataclass(frozen=True)
class Gone:
    """Why people are lost at a stage; `people` None is not told."""

    why: Exit | Loss
    people: int | None


@dataclass(frozen=True)
class Step:
    """Who is left at a stage, and who was lost on the way to it; `left` None is not told."""

    stage: Stage
    left: int | None
    gone: Sequence[Gone] = ()


@dataclass(frozen=True)
class Source:
    """What everybody's numbers of the wave were computed from."""

    form_versions: Mapping[str, int]  # interviews judged, by the version of their form
    received_until: datetime | None  # the latest answers among them


@dataclass(frozen=True)
class Explanation:
    """A published number and how it came about. Of a hidden one there are no steps, no answers."""

    made: EstimateSet
    row: Estimate
    meaning: Meaning
    source: Source
    steps: Sequence[Step] = ()
    answers: Sequence[ItemAnswers] = ()
    people: People | None = None  # everybody of the wave, as the scheme judged them
    psus: int = 0  # with a valid case
    strata: int = 0

    @property
    def key(self) -> CellKey:
        return CellKey(self.row.by, self.row.level, self.row.variable)


def row_of(made: EstimateSet, key: CellKey) -> Estimate:
    """The published row. Raises UnknownNumber."""
    spec = spec_of(made.scheme)
    row = made.estimates.filter(**key._asdict()).first()
    divided_by = {ALL, *(way.name for way in spec.disaggregations)}  # days divide work, not people
    if row is None or key.by not in divided_by or key.variable not in meanings(spec):
        raise UnknownNumber(
            gettext_noop(
                "There is no number “%(variable)s” of “%(by)s” = “%(level)s” here. Choose one of the list."
            ),
            **key._asdict(),
        )
    return row


def explain(made: EstimateSet, key: CellKey) -> Explanation:
    """How a number came about. Reads the wave's people once. Raises UnknownNumber."""
    row = row_of(made, key)
    meaning = meanings(spec_of(made.scheme))[key.variable]
    source = _source(made)
    if row.suppressed or row.estimate is None:
        return Explanation(made, row, meaning, source)
    cases = _cases(key, judged(made.scheme, made.wave))
    valid = cases.valid & cases.members
    return Explanation(
        made=made,
        row=row,
        meaning=meaning,
        source=source,
        steps=(*_of_work(made.wave), *_of_people(made, key, meaning, cases)),
        answers=tuple(_answers(made, key, meaning, cases)),
        people=cases.people,
        psus=len(np.unique(cases.people.psus[valid])),
        strata=len(np.unique(cases.people.strata[valid])),
    )


@dataclass(frozen=True)
class Cases:
    """Everybody, who is in the group, and who has the number at all; arrays (people,)."""

    people: People
    members: Booleans
    valid: Booleans


def _cases(key: CellKey, people: People) -> Cases:
    valid = ~np.isnan(people.column(key.variable, people.weights).values)
    return Cases(people, people.members(key.by, key.level), valid)


def _answers(
    made: EstimateSet, key: CellKey, meaning: Meaning, cases: Cases
) -> Iterator[ItemAnswers]:
    people, spec = cases.people, cases.people.spec
    levels = dict.fromkeys(people.levels(key.by).tolist())
    groups = [cases.valid & people.members(key.by, level) for level in levels]
    hidden = made.estimates.filter(by=key.by, level=key.level).exclude(suppressed="")
    withheld = set(hidden.values_list("variable", flat=True))
    group = cases.valid & cases.members
    for place in meaning.items:
        codes, item = people.items[:, place], spec.items[place]
        yield item_answers(
            place,
            item,
            Answers(codes[group], people.weights[group], people.psus[group]),
            [codes[each] for each in groups],
            is_withheld=Kind.UNCENSORED.of(item.name) in withheld,
        )


def _of_people(made: EstimateSet, key: CellKey, meaning: Meaning, cases: Cases) -> Iterator[Step]:
    """Those judged, those of the group, and those with the number."""
    judged_ = len(cases.people)
    counted = Interview.objects.counted().filter(wave=made.wave, site__isnull=False).count()
    yield Step(Stage.JUDGED, judged_, _gone({Exit.WAITING: max(counted - judged_, 0)}))
    valid = int((cases.valid & cases.members).sum())
    if key.by == ALL:
        found = losses(meaning, cases.people.scores, ~cases.valid)
        yield Step(
            Stage.VALID, valid, _gone_if_told({why: int(w.sum()) for why, w in found.items()})
        )
        return
    members = int(cases.members.sum())
    yield Step(
        Stage.IN_GROUP,
        members if _is_published(made, key) else None,
        [Gone(Exit.OTHER_LEVEL, None), Gone(Exit.NO_LEVEL, None)],
    )
    is_any_lost = valid < members
    yield Step(Stage.VALID, valid, [Gone(why, None) for why in reasons(meaning) if is_any_lost])


def _is_published(made: EstimateSet, key: CellKey) -> bool:
    """Whether it is known how many people the group has."""
    counted = made.estimates.filter(by=key.by, level=key.level, variable=Kind.COUNT.value)
    return counted.filter(suppressed="").exists()


def _of_work(wave: Wave) -> list[Step]:
    """Interviews received and counted: counts of work, which point at nobody."""
    received = Interview.objects.filter(wave=wave)
    has_site = Q(site__isnull=False)
    rows = received.order_by().values("is_practice", "outcome", "state", has_site=has_site)
    found: Counter[Exit | None] = Counter()
    for row in rows.annotate(n=Count("pk")):
        found[_exit(row, LEFT_OUT.get(wave.survey.counts, ()))] += row["n"]
    gone = _gone({why: found[why] for why in Exit})
    return [
        Step(Stage.RECEIVED, sum(found.values())),
        Step(Stage.COUNTED, found[None], gone),
    ]


def _exit(interview: Mapping[str, object], left_out: Collection[str]) -> Exit | None:
    """Why interviews like this one are not counted; the same as `Interview.objects.counted`, with
    the states that are `left_out` by the rule of the survey.
    """
    if interview["is_practice"]:
        return Exit.PRACTICE
    if interview["outcome"] == Interview.Outcome.REFUSED:
        return Exit.REFUSED
    if interview["state"] == Interview.State.QUARANTINED:
        return Exit.QUARANTINED
    if interview["state"] == Interview.State.REJECTED:
        return Exit.REJECTED
    if interview["state"] in left_out:
        return Exit.BY_RULE
    return None if interview["has_site"] else Exit.NO_SITE


def _gone(counts: Mapping[Exit, int]) -> list[Gone]:
    return [Gone(why, count) for why, count in counts.items() if count]


def _gone_if_told(counts: Mapping[Loss, int]) -> list[Gone]:
    """The reasons there are; how many for each only if none concerns 1 to 9 people.

    Of everybody only: what is told of all groups but one would give away the last.
    """
    there = {why: count for why, count in counts.items() if count}
    told = counts_told(list(there.values()))
    return [Gone(why, count) for why, count in zip(there, told, strict=True)]


def _source(made: EstimateSet) -> Source:
    scored = scores.of_survey(made.scheme).filter(wave=made.wave)
    counted = scored.order_by().values_list("current__version__version")
    versions = {version or "": n for version, n in counted.annotate(n=Count("pk"))}
    latest = scored.aggregate(latest=Max("current__received_at"))["latest"]
    return Source(dict(sorted(versions.items())), latest)
