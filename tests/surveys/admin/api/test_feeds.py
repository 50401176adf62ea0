"""The page that tells where Excel and Power BI find interviews."""

import re
from typing import Any

import pytest

from surveys.models import QuestionnaireVersion, Role
from tests.factories import make_survey, make_version
from tests.surveys.admin.office import client_in

pytestmark = pytest.mark.django_db
FEEDS = "/admin/surveys/apitoken/feeds/"


@pytest.fixture
def version() -> QuestionnaireVersion:
    return make_version(make_survey("river"))


def address(page: Any) -> str:
    (found,) = re.findall(r'<pre class="code whole"[^>]*>http://testserver([^<]*)</pre>', page.text)
    return str(found)


def test_it_names_the_feed_that_is_chosen(version: QuestionnaireVersion) -> None:
    analyst = client_in(version.questionnaire.survey, Role.ANALYST)
    root = f"/api/v1/questionnaires/{version.questionnaire_id}/odata"
    assert address(analyst.get(FEEDS)) == f"{root}/corrected/"
    asked: dict[str, Any] = {
        "questionnaire": version.questionnaire_id,
        "layer": "published",
        "language": "zh",
    }
    chosen = analyst.get(FEEDS, asked)
    assert address(chosen) == f"{root}/published-zh/"
    assert analyst.get(address(chosen)).status_code == 401  # a session opens no feed
    assert address(analyst.get(FEEDS, {"layer": "x", "language": "tlh"})) == f"{root}/corrected/"


def test_only_what_ones_tokens_open_is_offered(version: QuestionnaireVersion) -> None:
    other = client_in(make_survey("lake"), Role.ANALYST)
    assert "There is no questionnaire yet." in other.get(FEEDS).text
    assert other.get(FEEDS, {"questionnaire": version.questionnaire_id}).status_code == 404


def test_the_list_of_tokens_leads_there(
    version: QuestionnaireVersion, django_assert_max_num_queries: Any
) -> None:
    analyst = client_in(version.questionnaire.survey, Role.ANALYST)
    assert FEEDS in analyst.get("/admin/surveys/apitoken/").text
    with django_assert_max_num_queries(20):
        analyst.get(FEEDS)
