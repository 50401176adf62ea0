"""What a file said and nobody imported goes after a month: it may name people."""

from datetime import timedelta

from django.db.models.functions import Coalesce
from django.utils import timezone

from surveys.imports.batches import State, discard
from surveys.models import ImportBatch, ImportRow

KEPT = timedelta(days=30)
LEFT_OVER = (State.WAITING, State.READY, State.FAULTY)  # rows that are no interviews


def forget_old() -> None:
    """Throw away files that nobody has looked at for a month, and what imports of a month ago left out."""
    before = timezone.now() - KEPT
    unused = ImportBatch.objects.filter(applied_at=None)
    for batch in unused.alias(looked_at=Coalesce("checked_at", "made_at")).filter(
        looked_at__lt=before
    ):
        discard(batch)
    left = ImportRow.objects.filter(batch__applied_at__lt=before, state__in=LEFT_OVER)
    left.delete()
