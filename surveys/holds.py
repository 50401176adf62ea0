"""Rules that hold interviews for review as they arrive."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from hmac import digest

from django.db.models import Exists, OuterRef

from surveys.models import Decision, Finding, Interview, ReviewRule, Submission, Survey

State = Interview.State
DRAWN_FROM = 2**64


def are_there(survey: str) -> Exists:
    """Whether a row's survey, to which `survey` is the path, has rules; for a query that is made
    anyway.
    """
    return Exists(ReviewRule.objects.filter(survey=OuterRef(survey), is_active=True))


def holding(survey: Survey, interview: Interview, kinds: Collection[str]) -> Sequence[ReviewRule]:
    """The survey's rules that hold the interview; `kinds` are those of its findings. In one query.

    Only what is submitted is held: the others wait, or are decided on.
    """
    if interview.is_practice or interview.state != State.SUBMITTED:
        return ()
    theirs = ReviewRule.enumerators.through.objects.filter(
        reviewrule=OuterRef("pk"), user=interview.enumerator_id
    )
    rules = survey.review_rules.filter(is_active=True).annotate(is_theirs=Exists(theirs))
    return [rule for rule in rules if _holds(rule, interview, kinds)]


def _holds(rule: ReviewRule, interview: Interview, kinds: Collection[str]) -> bool:
    match rule.picks:
        case ReviewRule.Picks.ALL:
            return True
        case ReviewRule.Picks.SHARE:
            return is_drawn(rule.seed, interview.root_uuid, rule.share or 0)
        case ReviewRule.Picks.FINDINGS:
            return not set(kinds).isdisjoint(rule.kinds or kinds)
        case _:
            return bool(rule.is_theirs)  # type: ignore[attr-defined]  # annotated by holding


def is_drawn(seed: str, root_uuid: str, share: float) -> bool:
    """Whether an interview is in the sample of `share` percent: always the same for the same seed.

    The keyed hash of its id is as good as a number from 0 to 1, and nobody who does not know the
    seed can choose an id that is not drawn.
    """
    number = int.from_bytes(digest(seed.encode(), root_uuid.encode(), "sha256")[:8])
    return Fraction(number, DRAWN_FROM) < Fraction(share) / 100


def note(submission: Submission, rules: Sequence[ReviewRule]) -> None:
    """Keep which rules held an interview; each is a word on it like anybody's."""
    Decision.objects.bulk_create(
        Decision(
            interview_id=submission.interview_id,
            submission=submission,
            verdict=Decision.Verdict.HOLD,
            before=State.SUBMITTED,
            after=State.FLAGGED,
            rule=rule,
        )
        for rule in rules
    )


def hold_released(survey: Survey, interview: Interview) -> None:
    """Hold an interview that was doubtful when it arrived, and is not any more, if a rule does."""
    found = Finding.objects.filter(submission=interview.current_id)
    rules = holding(survey, interview, set(found.values_list("kind", flat=True)))
    if rules and interview.current is not None:
        interview.state = State.FLAGGED
        interview.save(update_fields=["state", "changed_at"])
        note(interview.current, rules)
