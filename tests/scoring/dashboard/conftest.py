"""The survey whose numbers the dashboard's tests read, and what they need of what is kept of its pages."""

from collections.abc import Iterator
from unittest.mock import Mock, patch

import pytest
from django.core.cache import cache
from pytest_django import Settings

from scoring.dashboard import ahead, drawn
from scoring.models import EstimateSet
from tests.factories import make_survey, make_version
from tests.scoring.dashboard.rows import CITY_FORM, make_golden


@pytest.fixture
def made() -> EstimateSet:
    """The golden numbers of a survey whose questionnaire names its cities."""
    survey = make_survey("five", name="Five")
    made = make_golden(survey)
    make_version(survey, CITY_FORM)
    return made


@pytest.fixture
def drawing() -> Iterator[Mock]:
    """Called for each drawing; nothing is kept from before, nobody has looked, and each page has its place."""
    drawn.drawn_by.cache_clear()
    cache.clear()
    with (
        patch("scoring.dashboard.drawn.PLACES", 10**9),
        patch("scoring.dashboard.drawn.draw", wraps=drawn.draw) as mock,
        patch("scoring.dashboard.ahead.draw", mock),
    ):
        yield mock


@pytest.fixture
def redis_away(settings: Settings) -> None:
    drawn.drawn_by.cache_clear()
    nowhere = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1",
    }
    settings.CACHES = settings.CACHES | {"default": nowhere}


@pytest.fixture
def drawn_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """On every database, as where a transaction lets others write."""
    monkeypatch.setattr(ahead, "_lets_others_write", lambda: True)
