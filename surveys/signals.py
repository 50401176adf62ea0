"""The domain signals: an interview's answers or standing changed."""

from django.dispatch import Signal

submission_saved = Signal()  # sent with submission_id, inside the transaction that stored it
answers_changed = Signal()  # sent with submission_ids that say something else than before
interviews_erased = Signal()  # sent with places, (wave, site), inside the transaction that erased
