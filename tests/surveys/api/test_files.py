"""Files through the API: of interviews, for who may see people; of exports, also in parts."""

import pytest
from django.core.files.base import ContentFile

from surveys import jobs
from surveys.api_tokens import Scope
from surveys.models import Interview, Job, QuestionnaireVersion, Role
from tests.factories import (
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.api.caller import Caller, caller
from tests.surveys.exports.test_archives import HOUSEHOLD

pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Interview:
    version = make_version(make_survey(), HOUSEHOLD)
    submission = receive(version, family="Li", photo="a.jpg").submission
    submission.attachments.get().file.save("a.jpg", ContentFile(b"0123456789"))
    return submission.interview


def address(interview: Interview) -> str:
    return f"questionnaires/{interview.questionnaire_id}/interviews/{interview.root_uuid}/files"


def member(interview: Interview, role: Role) -> Caller:
    return caller(make_member(interview.questionnaire.survey, role))


def test_files_of_an_interview(household: Interview) -> None:
    asker = member(household, Role.COORDINATOR)
    (file,) = asker.get(address(household))
    assert file["name"] == "a.jpg"
    response = asker.client.get(f"/api/v1/{address(household)}/{file['id']}")
    assert b"".join(response) == b"0123456789"
    assert response["Content-Disposition"] == 'attachment; filename="a.jpg"'


def test_analysts_get_none_that_may_show_somebody(household: Interview) -> None:
    asker = member(household, Role.ANALYST)
    asker.get(address(household), 404)
    file = household.submissions.get().attachments.get()
    asker.get(f"{address(household)}/{file.pk}", 404)


@pytest.mark.parametrize(
    ("asked", "status", "content", "said"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
    ],
)
def test_a_broken_download_goes_on(
    household: Interview, asked: str, status: int, content: bytes, said: str
) -> None:
    """What ranges mean is tried in `tests/surveys/test_downloads.py`."""
    asker = member(household, Role.COORDINATOR)
    file = household.submissions.get().attachments.get()
    path = f"/api/v1/{address(household)}/{file.pk}"
    response = asker.client.get(path, headers={"Range": asked})
    assert response.status_code == status
    assert b"".join(response) == content
    assert response["Content-Range"] == said
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Cache-Control"] == "private, no-store"


@pytest.fixture
def version() -> QuestionnaireVersion:
    version = make_version(make_survey())
    make_interview(make_site(version.questionnaire.survey), version)
    return version


def test_an_export_is_asked_for_watched_and_downloaded(version: QuestionnaireVersion) -> None:
    asker = caller(make_member(version.questionnaire.survey, Role.ANALYST))
    assert "submissions_csv" in [kind["kind"] for kind in asker.get("exports/kinds")]
    asked = asker.post(
        "exports", kind="submissions_csv", questionnaire=version.questionnaire_id, language="zh"
    )
    assert (asked["state"], asked["file"]) == ("queued", None)
    assert asker.get(f"exports/{asked['id']}/file", 409)["code"] == "not_ready"
    jobs.run(asked["id"])
    done = asker.get(f"exports/{asked['id']}")
    assert (done["state"], done["done"], done["total"]) == ("done", 1, 1)
    file = b"".join(asker.client.get(done["file"].removeprefix("http://testserver")))
    assert "否" in file.decode()
    assert [one["id"] for one in asker.get("exports")] == [asked["id"]]


def test_scores_come_along_as_on_the_page(version: QuestionnaireVersion) -> None:
    asker = caller(make_member(version.questionnaire.survey, Role.ANALYST))
    which = {"questionnaire": version.questionnaire_id}
    for kind, said in (
        ("csv", {}),
        ("dta", {}),
        ("csv", {"derived": True}),
        ("dta", {"derived": False}),
    ):
        asker.post("exports", kind=f"submissions_{kind}", **which, **said)
    derived = Job.objects.order_by("pk").values_list("params__derived", flat=True)
    assert list(derived) == [False, True, True, False]


def test_an_export_is_cancelled(version: QuestionnaireVersion) -> None:
    asker = caller(make_member(version.questionnaire.survey, Role.ANALYST))
    asked = asker.post("exports", kind="submissions_dta", questionnaire=version.questionnaire_id)
    assert asker.post(f"exports/{asked['id']}/cancel", 200)["state"] == "cancelled"


def test_a_file_of_somebody_else_is_not_here(version: QuestionnaireVersion) -> None:
    survey = version.questionnaire.survey
    asker, other = (caller(make_member(survey, Role.COORDINATOR)) for _ in range(2))
    asked = asker.post("exports", kind="submissions_csv", questionnaire=version.questionnaire_id)
    for path in ("", "/file"):
        other.get(f"exports/{asked['id']}{path}", 404)
    other.post(f"exports/{asked['id']}/cancel", 404)


@pytest.mark.parametrize(
    ("scopes", "kind", "status"),
    [
        ({Scope.READ_INTERVIEWS, Scope.READ_FILES}, "submissions_csv", 403),
        ({Scope.WRITE_EXPORTS}, "submissions_csv", 403),
        ({Scope.WRITE_EXPORTS, Scope.READ_INTERVIEWS}, "submissions_csv", 403),  # it has pictures
        ({Scope.WRITE_EXPORTS, Scope.READ_INTERVIEWS}, "estimates_csv", 403),
        ({Scope.WRITE_EXPORTS, Scope.READ_ESTIMATES}, "estimates_csv", 202),
        (set(Scope), "submissions_csv", 202),
    ],
)
def test_a_file_holds_no_more_than_the_token_may_read(
    household: Interview, scopes: set[Scope], kind: str, status: int
) -> None:
    coordinator = make_member(household.questionnaire.survey, Role.COORDINATOR)
    asker = caller(coordinator, tuple(scopes))
    asker.post("exports", status, kind=kind, questionnaire=household.questionnaire_id)
    assert Job.objects.exists() == (status == 202)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "submissions_doc"}, "submissions_doc"),
        ({"layer": "draft"}, "draft"),
        ({"several": "all"}, "all"),
        ({"language": "tlh"}, "tlh"),
    ],
)
def test_what_cannot_be_asked_for_is_named(
    version: QuestionnaireVersion, wrong: dict[str, str], named: str
) -> None:
    asker = caller(make_member(version.questionnaire.survey, Role.ANALYST))
    asked = {"kind": "submissions_csv", "questionnaire": version.questionnaire_id, **wrong}
    assert named in asker.post("exports", 400, **asked)["detail"]
    assert not Job.objects.exists()
