"""What scoring does when interviews came in or changed: nudge, and nothing else."""

from collections.abc import Collection

from django.dispatch import receiver

from scoring import scores, tasks
from surveys import nudges
from surveys.signals import answers_changed, submission_saved


@receiver(submission_saved)
def nudge_scoring(**_: object) -> None:
    nudges.send_once("score", tasks.score_pending.delay)


@receiver(answers_changed)
def score_again(submission_ids: Collection[int], **_: object) -> None:
    scores.expire_of(submission_ids)
    nudge_scoring()
