"""Pages that are looked at are drawn for new numbers before anybody can see these numbers.

Who looks first would otherwise wait for the drawing, and everybody beside them for a processor. It saves time and
nothing else: what is not drawn ahead is drawn by who looks.
"""

import logging

from django.db import transaction
from django.utils.translation import override

from scoring import estimates
from scoring.dashboard.drawn import kept
from scoring.dashboard.selection import recipe_of, selection_of
from scoring.dashboard.watched import watched
from scoring.models import EstimateSet

logger = logging.getLogger(__name__)


def draw(made: EstimateSet) -> None:
    """Draw what is looked at of the scheme; no mistake of a page keeps numbers from being published."""
    for wave, look, language in watched(made.scheme):
        try:
            with transaction.atomic(), override(language):
                recipe = recipe_of(selection_of(made.scheme, wave, look))
                if recipe is not None:
                    kept(recipe)
        except Exception:  # whatever it is, who looks at the page will meet it, and the log has it
            logger.exception("%s could not be drawn ahead", look)


estimates.RENEWED.append(draw)
