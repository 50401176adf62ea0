"""Who gets in: tokens, scopes, limits; what is refused says why, as problem details."""

import pytest
from django.test import Client
from pytest_django import Settings

from surveys.api_tokens import Scope
from surveys.models import QuestionnaireVersion, Role, Survey
from tests.factories import make_member, make_survey, make_version
from tests.surveys.api.caller import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    return make_survey("ours")


@pytest.fixture
def version(survey: Survey) -> QuestionnaireVersion:
    return make_version(survey)


def test_without_a_token_nothing_opens(client: Client, survey: Survey) -> None:
    """Nor with a session, or a token in any other form."""
    client.force_login(make_member(survey, Role.COORDINATOR))
    for header in ({}, {"Authorization": "Bearer fst_x"}, {"Authorization": "Basic eDp4"}):
        response = client.get("/api/v1/surveys", headers=header)
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"] == "Bearer"
        assert response.json()["code"] == "unknown_token"


def test_problems_speak_the_callers_language_and_name_what_is_wrong(survey: Survey) -> None:
    asker = caller(make_member(survey, Role.ANALYST))
    problem = asker.get("surveys", 400, color="red")
    assert problem == {
        "title": "Bad Request",
        "status": 400,
        "code": "unknown_parameter",
        "detail": "There is no parameter “color” here. There are: –.",
    }
    assert "surveys/theirs" in asker.get("surveys/theirs", 404)["detail"]
    malformed = asker.post("exports", 422, kind="submissions_csv", questionaire=1)
    assert "questionaire" in malformed["detail"]


def test_surveys_and_questionnaires(version: QuestionnaireVersion) -> None:
    make_version(make_survey("theirs"))
    asker = caller(make_member(version.questionnaire.survey, Role.ANALYST))
    (survey,) = asker.get("surveys")
    assert survey["code"] == "ours"
    (found,) = asker.get("surveys/ours/questionnaires")
    assert found["form_id"] == "small"
    assert list(found["languages"]) == ["en", "zh"]
    whole = asker.get(f"questionnaires/{found['id']}")
    assert [one["version"] for one in whole["versions"]] == ["1"]
    (table,) = asker.get(f"questionnaires/{found['id']}/variables")
    works = next(one for one in table["columns"] if one["name"] == "works")
    assert works["labels"]["zh"] == "2. 您工作吗？"
    assert works["choices"]["yes"] == {"en": "Yes", "zh": "是"}


def test_files_of_a_version(version: QuestionnaireVersion) -> None:
    asker = caller(make_member(version.questionnaire.survey, Role.ANALYST))
    path = f"/api/v1/questionnaires/{version.questionnaire_id}/versions/{version.pk}"
    assert asker.client.get(f"{path}.xml").content == bytes(version.xml)
    assert asker.client.get(f"{path}.xlsx").content == bytes(version.workbook or b"")


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("interviews", "read:interviews"),
        ("interviews/uuid:1", "read:interviews"),
        ("interviews/uuid:1/files", "read:files"),
    ],
)
def test_a_scope_opens_its_own_doors_only(
    version: QuestionnaireVersion, path: str, scope: str
) -> None:
    others = tuple(one for one in Scope if one != scope)
    asker = caller(make_member(version.questionnaire.survey, Role.COORDINATOR), others)
    problem = asker.get(f"questionnaires/{version.questionnaire_id}/{path}", 403)
    assert scope in problem["detail"]


def test_a_token_of_another_survey_finds_nothing(version: QuestionnaireVersion) -> None:
    person = make_member(version.questionnaire.survey, Role.COORDINATOR)
    elsewhere = make_survey()
    person.memberships.create(survey=elsewhere, role=Role.COORDINATOR)
    asker = caller(person, surveys=[elsewhere])
    for path in ("", "/interviews", "/variables", f"/versions/{version.pk}.xml"):
        asker.get(f"questionnaires/{version.questionnaire_id}{path}", 404)
    asker.post("exports", 404, kind="submissions_csv", questionnaire=version.questionnaire_id)


def test_who_asks_too_often_waits_and_is_told_how_long(survey: Survey, settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    person = make_member(survey, Role.ANALYST)
    asker, other = caller(person), caller(person)
    answers = [asker.client.get("/api/v1/surveys") for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused  # the minute may end once in between
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
    assert refused[0].json()["code"] == "too_many_requests"
    assert other.client.get("/api/v1/surveys").status_code == 200


def test_an_address_that_is_none_is_told_as_a_problem(client: Client) -> None:
    response = client.get("/api/v1/questionnaires/-1")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"
    assert client.get("/nowhere")["Content-Type"].startswith("text/html")


def test_the_reference_is_for_people_who_are_signed_in(client: Client, survey: Survey) -> None:
    assert client.get("/api/v1/docs").status_code == 302
    client.force_login(make_member(survey, Role.ANALYST))
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "/api/v1/exports/{job_id}/cancel" in page.text
    assert "http" not in page.text.replace("http://www.w3.org", "").partition("<main")[2]
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) > 15
    assert all(operation["security"] for operation in operations)
    assert all(
        {"401", "404", "415", "429"} <= {*operation["responses"]} for operation in operations
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "multipart/form-data"])
def test_what_does_not_say_that_it_is_json_is_refused(survey: Survey, kind: str) -> None:
    asker = caller(make_member(survey, Role.ANALYST))
    refused = asker.client.post("/api/v1/exports", b"{}", content_type=kind)
    assert refused.status_code == 415
    assert refused.json()["code"] == "not_json"


def test_answers_are_given_to_be_saved(client: Client, survey: Survey) -> None:
    """No browser shows them as a page, whatever they hold."""
    saved = 'attachment; filename="api.json"'
    asker = caller(make_member(survey, Role.ANALYST))
    for path in ("/api/v1/surveys", "/api/v1/surveys?color=red", "/api/v1/nowhere"):
        response = asker.client.get(path)
        is_json = "json" in response["Content-Type"]
        assert response.headers.get("Content-Disposition") == (saved if is_json else None)
    assert client.get("/api/v1/surveys")["Content-Disposition"] == saved
    assert "Content-Disposition" not in client.get("/login/").headers
