"""What scoring does when an interview came in: nudge, and nothing else."""

from django.dispatch import receiver

from scoring import tasks
from surveys import nudges
from surveys.signals import submission_saved


@receiver(submission_saved)
def nudge_scoring(**_: object) -> None:
    nudges.send_once("score", tasks.score_pending.delay)
