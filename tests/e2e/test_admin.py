"""Pages of the admin on a small screen and with long titles: nothing is cut off."""

import pytest

from surveys.models import Membership, Role, Webhook
from tests.conftest import OpenPage
from tests.e2e.test_interview import PHONE_WIDTH, sign_in
from tests.factories import (
    SMALL_FORM,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

LONG = SMALL_FORM.replace("| Small        |", f"| {'Living conditions of migrant workers ' * 5} |")
CLIPPED = "[...document.querySelectorAll('.panel')].filter(panel => panel.scrollWidth > panel.clientWidth)"


@pytest.mark.parametrize("width", [PHONE_WIDTH, 1280])
def test_the_pages_of_a_long_form_fit_their_panels(open_page: OpenPage, width: int) -> None:
    survey, other = make_survey("ours"), make_survey("more")
    person = make_member(survey, Role.COORDINATOR, "boss")
    Membership.objects.create(user=person, survey=other, role=Role.COORDINATOR)
    interview = make_interview(make_site(survey), make_version(survey, LONG))
    make_version(other, LONG)
    page = open_page(width=width)
    sign_in(page, "boss")
    for address in ("job/exports/", f"interview/{interview.pk}/change/"):
        page.goto(f"/admin/surveys/{address}")
        assert page.evaluate(f"{CLIPPED}.length") == 0


def test_the_first_cell_of_a_list_without_actions_says_what_it_is(open_page: OpenPage) -> None:
    survey = make_survey()
    person = make_member(survey, Role.COORDINATOR, "boss")
    make_interview(make_site(survey), make_version(survey))
    Webhook.objects.create(survey=survey, url="https://example.org/", created_by=person)
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "boss")
    labels = "[...document.querySelectorAll('#result_list td:first-child')].map(cell => cell.dataset.label)"
    page.goto("/admin/surveys/webhook/")
    assert page.evaluate(labels) == ["Address"]
    page.goto("/admin/surveys/interview/")
    assert page.evaluate(labels) == ["Select record"]
