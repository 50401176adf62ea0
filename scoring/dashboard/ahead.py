"""Pages that are looked at are drawn for new numbers before anybody can see these numbers.

Who looks first would otherwise wait for the drawing, and everybody beside them for a processor. It saves time and
nothing else: what is not drawn ahead is drawn by who looks.
"""

import logging
from contextlib import suppress

from django.db import Error, connection, transaction
from django.template import TemplateSyntaxError
from django.utils.translation import override
from redis.exceptions import RedisError

from scoring import estimates
from scoring.dashboard.drawn import draw, keep
from scoring.dashboard.selection import recipe_of, selection_of
from scoring.dashboard.watched import Watched, watched
from scoring.models import EstimateSet, Scheme

# What a mistake in a page may raise, which must keep no numbers from being published.
MISTAKES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    TemplateSyntaxError,
    Error,
)

logger = logging.getLogger(__name__)


def draw_ahead(made: EstimateSet) -> None:
    """Draw what is looked at of the scheme of new numbers, in the transaction that makes them."""
    if not _lets_others_write():
        return
    with suppress(RedisError):
        for each in watched(made.scheme):
            _draw(made.scheme, each)


def _lets_others_write() -> bool:
    """Whether this transaction holds up nobody but who makes the same numbers: not so on SQLite."""
    return connection.features.has_select_for_update


def _draw(scheme: Scheme, each: Watched) -> None:
    try:
        with transaction.atomic(), override(each.language):
            recipe = recipe_of(selection_of(scheme, each.wave, each.look))
            if recipe is not None:
                keep(recipe, draw(recipe))
    except MISTAKES:
        logger.exception("%s could not be drawn ahead", each)


estimates.RENEWED.append(draw_ahead)
