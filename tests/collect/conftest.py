"""A real web server for all tests of this folder, and a survey with a device that is enrolled."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from tests.collect import fieldwork
from tests.collect.device import Collect
from tests.collect.fieldwork import Fieldwork
from tests.collect.web import Web, gunicorn
from tests.conftest import url_of

Enrol: TypeAlias = Callable[..., Collect]


@pytest.fixture(scope="session")
def web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """gunicorn on the tests' database, started once; its tables are emptied after each test."""
    urls = {"DATABASE_URL": url_of("default"), "KEYS_URL": url_of("keys")}
    log = tmp_path_factory.mktemp("web") / "gunicorn.log"
    with gunicorn(urls, log) as server:
        yield server


@pytest.fixture
def survey(transactional_db: None) -> Fieldwork:
    return fieldwork.begin()


@pytest.fixture
def collect(web: Web, survey: Fieldwork) -> Collect:
    """The enumerator's device."""
    return Collect(web.url + survey.server_path)
