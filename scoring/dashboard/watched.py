"""Which pages of a scheme are being looked at: kept where all processes look, for a while, or forgotten."""

import time
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language
from redis.exceptions import RedisError

from scoring.dashboard.page import Look
from scoring.dashboard.selection import Selection
from scoring.models import Scheme

KEPT_S = 600
NOTED_EVERY_S = 60
MOST = 6  # the latest: with all its groups and cutoffs a page has thousands of looks


class Watched(NamedTuple):
    """What is looked at, in which language; `wave` is blank for the last."""

    wave: str
    look: Look
    language: str


def note(selection: Selection) -> None:
    """Remember that somebody looks at a page; of two who look at once one may be forgotten."""
    if selection.scheme is None:
        return
    seen, now = Watched(selection.wave, selection.look, get_language() or ""), time.time()
    with suppress(RedisError):
        times = _times(selection.scheme)
        if times.get(seen, 0) < now - NOTED_EVERY_S:
            latest = sorted((times | {seen: now}).items(), key=lambda item: -item[1])[:MOST]
            cache.set(_key(selection.scheme), dict(latest), KEPT_S)


def watched(scheme: Scheme) -> list[Watched]:
    """What was looked at lately, the latest first. Raises RedisError."""
    since = time.time() - KEPT_S
    return [each for each, at in _times(scheme).items() if at > since]


def _times(scheme: Scheme) -> dict[Watched, float]:
    found: dict[Watched, float] = cache.get(_key(scheme), {})
    return found


def _key(scheme: Scheme) -> str:
    return f"watched:{settings.PROGRAM}:{scheme.pk}"
