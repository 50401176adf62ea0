"""The API answers as it is described; `make fuzz` asks it much more."""

import pytest

from tests.access.world import make_world
from tests.fuzz.api import differences

pytestmark = pytest.mark.django_db


def test_answers_are_as_they_are_described() -> None:
    assert differences(make_world(), number=20_261_128, count=4) == []
