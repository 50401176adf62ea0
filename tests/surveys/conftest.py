"""One site of a survey with its small questionnaire, who works there, and who decides.

A test has those that it asks for; a module with another site or form has fixtures of its own.
"""

import pytest

from surveys import second_steps
from surveys.models import QuestionnaireVersion, Role, Site, User
from tests.factories import make_enumerator, make_member, make_site, make_survey, make_version
from tests.signing import Clock


@pytest.fixture
def site(db: None) -> Site:
    return make_site(make_survey(), "S1")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey)


@pytest.fixture
def enumerator(site: Site) -> User:
    return make_enumerator(site)


@pytest.fixture
def coordinator(site: Site) -> User:
    return make_member(site.survey, Role.COORDINATOR)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of second steps, as the test has it."""
    clock = Clock()
    monkeypatch.setattr(second_steps, "timezone", clock)
    return clock
