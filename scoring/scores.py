"""Interviews become scores: in batches, each exactly once under each scheme."""

from collections.abc import Collection, Iterable, Sequence
from typing import cast

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from numpy.typing import NDArray

from scoring.maths.items import levels, score_items
from scoring.maths.person import PersonScores, score_people
from scoring.maths.scheme import SchemeSpec
from scoring.models import CellBlock, Scheme, Score
from scoring.schemes import spec_of
from surveys.models import Interview, Site
from surveys.questionnaires import form_of

BATCH = 100
NUMBERS = ("integer", "decimal")
JUDGED = ("submission", "revision", "items", "levels", "standards", "index", "deprivation")
HEAVY = (
    "current__xml",
    "current__version__workbook",
    "current__version__xml",
    "current__version__definition",
)


def unscored(scheme: Scheme) -> QuerySet[Interview]:
    """Interviews that count and whose current answers the scheme has not judged."""
    judged = Score.objects.filter(
        scheme=scheme,
        interview=OuterRef("pk"),
        submission=OuterRef("current"),
        revision=F("scheme__revision"),
    )
    return (
        Interview.objects.counted()
        .filter(questionnaire__survey=scheme.survey_id, current__isnull=False, site__isnull=False)
        .exclude(Exists(judged))
        .order_by("pk")
    )


@transaction.atomic
def score_batch(scheme: Scheme, after: int = 0, size: int = BATCH) -> int | None:
    """Judge up to `size` waiting interviews with keys beyond `after`; returns the last one's key.

    None where nothing waits. Doing it twice changes nothing.
    """
    waiting = list(
        unscored(scheme)
        .filter(pk__gt=after)
        .select_related("site__city", "current__version")
        .defer(*HEAVY)
        .select_for_update(of=("self",), skip_locked=True)[:size]
    )
    if not waiting:
        return None
    _store(scheme, waiting)
    return waiting[-1].pk


def _store(scheme: Scheme, interviews: Sequence[Interview]) -> None:
    Score.objects.bulk_create(
        judge(scheme, interviews),
        update_conflicts=True,
        unique_fields=("scheme", "interview"),
        update_fields=JUDGED,
    )
    mark_dirty(scheme, [(interview.wave_id, interview.site_id) for interview in interviews])


def withdrawn(scheme: Scheme) -> QuerySet[Score]:
    """Scores of interviews that no longer count."""
    counted = Interview.objects.counted().filter(pk=OuterRef("interview"))
    return scheme.scores.exclude(Exists(counted))


@transaction.atomic
def withdraw(scheme: Scheme) -> int:
    """Remove the scores of interviews that no longer count; returns how many."""
    gone = list(withdrawn(scheme).values_list("pk", "interview__wave_id", "interview__site_id"))
    if gone:  # exactly these: another that is withdrawn meanwhile has its turn next time
        scheme.scores.filter(pk__in=[pk for pk, _, _ in gone]).delete()
        mark_dirty(scheme, [(wave, site) for _, wave, site in gone])
    return len(gone)


def expire(scheme: Scheme) -> None:
    """Let every interview wait to be judged again; until then the old scores stand."""
    Scheme.objects.filter(pk=scheme.pk).update(revision=F("revision") + 1)


def expire_of(submission_ids: Collection[int]) -> None:
    """Let the interviews of these submissions wait to be judged again under every scheme."""
    Score.objects.filter(submission__in=submission_ids).update(revision=0)


def mark_dirty(scheme: Scheme, places: Iterable[tuple[int | None, int | None]]) -> None:
    """Say that the cells of these (wave, site) no longer match the scores."""
    known = sorted({(wave, site) for wave, site in places if wave and site})
    blocks = [CellBlock(scheme=scheme, wave_id=wave, site_id=site) for wave, site in known]
    CellBlock.objects.bulk_create(blocks, ignore_conflicts=True)
    for wave, site in known:  # in order, so that two workers never wait for each other
        scheme.blocks.filter(wave=wave, site=site).update(revision=F("revision") + 1)


def judge(scheme: Scheme, interviews: Sequence[Interview]) -> list[Score]:
    """The scores of interviews under a scheme, not stored."""
    spec = spec_of(scheme)
    revision = Scheme.objects.values_list("revision", flat=True).get(pk=scheme.pk)
    items = [_items(spec, interview) for interview in interviews]
    people = score_people(spec, item_matrix(items))
    return [
        Score(
            scheme=scheme,
            interview=interview,
            submission_id=cast("int", interview.current_id),  # `unscored` has asked for it
            revision=revision,
            items=items[row],
            levels=_levels(spec, interview),
            standards=_by_standard(spec, people, row),
            index=optional(people.index[row]),
            deprivation=optional(people.c[row]),
        )
        for row, interview in enumerate(interviews)
    ]


def item_matrix(items: Sequence[bytes]) -> NDArray[np.uint8]:
    """Item scores of people as an array (people, items)."""
    return np.frombuffer(b"".join(items), dtype=np.uint8).reshape(len(items), -1)


def optional(value: float) -> float | None:
    """What the database keeps of a number: nothing where it is missing."""
    return None if np.isnan(value) else float(value)


def _items(spec: SchemeSpec, interview: Interview) -> bytes:
    return score_items(spec, *_by_name(interview), _reference(interview.site))


def _levels(spec: SchemeSpec, interview: Interview) -> dict[str, str | None]:
    answers, skipped = _by_name(interview)
    return levels(spec, _dividing(interview, answers), skipped, {})


def _dividing(interview: Interview, answers: dict[str, str]) -> dict[str, str]:
    """The answers that may name a group of people: offered choices, and numbers.

    Whatever else a device sends, a name for instance, never becomes a level that is published.
    """
    version = interview.current.version if interview.current else None
    questions = form_of(version).questions if version else ()
    return {
        question.name: answers[question.name]
        for question in questions
        if question.name in answers
        and (question.kind in NUMBERS or question.is_select)
        and question.offers(answers[question.name])
    }


def _by_name(interview: Interview) -> tuple[dict[str, str], frozenset[str]]:
    """Answers and skipped questions by the questions' names, as schemes know them.

    A scheme asks what is answered once an interview; answers in repeats have places, as `a[1]/b`.
    """
    answers = {
        place.rsplit("/", 1)[-1]: text
        for place, text in interview.answers.items()
        if "[" not in place
    }
    return answers, frozenset(p.rsplit("/", 1)[-1] for p in interview.skipped if "[" not in p)


def _reference(site: Site | None) -> dict[str, float]:
    """The values of the site's city that answers are compared to."""
    city = site.city if site else None
    if city is None:
        return {}
    values = {"average_wage": city.average_wage, "minimum_wage": city.minimum_wage}
    return {name: float(value) for name, value in values.items() if value is not None}


def _by_standard(spec: SchemeSpec, people: PersonScores, row: int) -> dict[str, float | None]:
    return {
        standard.name: optional(people.standards[row, column])
        for column, standard in enumerate(spec.standards)
    }
