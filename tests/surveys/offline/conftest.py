"""An enumerator with a site and a form that has a picture, and the browser of the phone."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from surveys.models import QuestionnaireVersion, Site, User
from tests.factories import SMALL_FORM, make_city, make_enumerator, make_site, make_survey
from tests.factories import make_version as publish

FORM = SMALL_FORM.replace(
    "|        | end_group ",
    "|        | image        | photo   | 4. Picture     | 4. 照片             |          |              |                       |                       |\n"
    "|        | end_group ",
)
COMPLETE = {"psu_id": "S1", "age": "30", "works": "no"}


@pytest.fixture
def site(db: None, settings: Settings, tmp_path: Path) -> Site:
    settings.MEDIA_ROOT = tmp_path
    return make_site(make_survey("river"), "S1", target=24, city=make_city("c1", name_zh="第一城"))


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return publish(site.survey, FORM)


@pytest.fixture
def phone(client: Client, person: User) -> Client:
    client.force_login(person)
    return client
