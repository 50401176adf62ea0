"""What scoring does when interviews came in or changed: nudge, and nothing else."""

from collections.abc import Collection

from django.dispatch import receiver

from scoring import scores, tasks, verification
from surveys import nudges, remains
from surveys.signals import answers_changed, interviews_erased, submission_saved

remains.LOOKS.append(verification.of_erased)


@receiver(submission_saved)
def nudge_scoring(**_: object) -> None:
    nudges.send_once("score", tasks.score_pending.delay)


@receiver(answers_changed)
def score_again(submission_ids: Collection[int], **_: object) -> None:
    scores.expire_of(submission_ids)
    nudge_scoring()


@receiver(interviews_erased)
def sum_without(places: Collection[tuple[int, int]], **_: object) -> None:
    scores.expire_at(places)
    nudge_scoring()
