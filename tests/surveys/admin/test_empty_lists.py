"""What the office says where nothing is there yet, and how the keyboard gets to it."""

import pytest
from django.test import Client

from surveys.models import FrameUnit, Role, Survey
from tests.factories import make_survey
from tests.surveys.admin.office import client_in, text

pytestmark = pytest.mark.django_db
FRAME = "/admin/surveys/frameunit/"
DRAW = 'href="/admin/surveys/draw/new/'


@pytest.fixture
def survey() -> Survey:
    return make_survey()


@pytest.fixture
def client(survey: Survey) -> Client:
    return client_in(survey, Role.COORDINATOR)


def test_an_empty_list_says_what_belongs_there(client: Client) -> None:
    page = text(client, FRAME)
    assert "Nothing is here yet" in page
    assert "Import it from a file, then draw a sample." in page
    assert DRAW not in page


def test_a_frame_leads_on_to_the_draw(client: Client, survey: Survey) -> None:
    FrameUnit.objects.create(survey=survey, code="U1", stratum="all", psu="U1")
    assert DRAW in text(client, FRAME)


def test_a_search_that_finds_nothing_says_what_can_be_searched_for(client: Client) -> None:
    page = text(client, "/admin/surveys/interview/?q=nothing")
    assert "No row has what you search and filter for." in page
    assert "Site code, enumerator, or how an interview" in page


@pytest.mark.parametrize("address", ["/admin/", FRAME])
def test_the_first_link_leads_past_the_side_bar(client: Client, address: str) -> None:
    page = text(client, address)
    assert (
        page.index('href="#content"') < page.index('id="nav-sidebar"') < page.index('id="content"')
    )
