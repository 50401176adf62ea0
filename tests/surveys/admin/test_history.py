"""What a set-up row was before: read by its number, and by nothing else."""

import pytest
from django.test import Client

from surveys.models import Role
from tests.factories import make_member, make_site, make_survey


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "status"), [("", 200), ("0x1f", 404), ("..%5Cboot.ini", 404)])
def test_a_version_has_a_number(client: Client, number: str, status: int) -> None:
    site = make_site(make_survey(), "S1")
    client.force_login(make_member(site.survey, Role.COORDINATOR))
    first = number or site.history.first().pk
    page = client.get(f"/admin/surveys/site/{site.pk}/history/{first}/")
    assert page.status_code == status
