"""What became of selected people, in the words in which people choose and read it."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys.sampling.outcomes import Outcome

LABELS: Mapping[Outcome, Promise] = MappingProxyType(
    {
        Outcome.COMPLETED: _("Interviewed"),
        Outcome.PARTIAL: _("Interviewed in part"),
        Outcome.REFUSED: _("Refused"),
        Outcome.PUT_OFF: _("Refused for now"),
        Outcome.BROKEN_OFF: _("Broken off at the start"),
        Outcome.NOBODY_HOME: _("Nobody home"),
        Outcome.AWAY: _("Away, others were met"),
        Outcome.NO_ENTRY: _("Not let into the building"),
        Outcome.CALL_BACK: _("Asked to come back"),
        Outcome.UNABLE: _("Ill or not able to take part"),
        Outcome.LANGUAGE: _("No language in common"),
        Outcome.DEAD: _("Died"),
        Outcome.NOT_ATTEMPTED: _("Not tried yet"),
        Outcome.UNREACHED: _("Could not get there"),
        Outcome.NOT_FOUND: _("Address not found"),
        Outcome.MOVED: _("Moved, unknown where to"),
        Outcome.UNSCREENED: _("Nobody said who lives there"),
        Outcome.MOVED_AWAY: _("Moved out of the survey’s area"),
        Outcome.NO_DWELLING: _("Nobody lives there: no dwelling"),
        Outcome.VACANT: _("Nobody lives there: empty"),
        Outcome.NOT_ELIGIBLE: _("Not eligible"),
        Outcome.TARGET_FILLED: _("Not needed: enough interviews"),
    }
)
CHOICES = [(outcome.value, label) for outcome, label in LABELS.items()]
