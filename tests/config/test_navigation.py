"""The side bar: where one is."""

import pytest
from django.test import RequestFactory

from config.navigation import navigation
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("/admin/", ["Dashboard"]),
        ("/admin/surveys/job/", ["Jobs"]),
        ("/admin/surveys/job/7/change/", ["Jobs"]),
        ("/admin/surveys/job/exports/", ["Exports"]),
        ("/admin/surveys/survey/1/change/", ["Surveys"]),
        ("/admin/password_change/", []),
    ],
)
def test_one_place_is_marked(rf: RequestFactory, address: str, titles: list[str]) -> None:
    request = rf.get(address)
    request.user = make_user(is_superuser=True)
    items = [item for group in navigation(request) for item in group["items"]]  # type: ignore[attr-defined]
    assert [str(item["title"]) for item in items if item["active"]] == titles
