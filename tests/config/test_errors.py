"""What is answered where a page cannot be says what to do, to people and programs, and never how it came about."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection
from django.test import Client
from redis.exceptions import ConnectionError as NoConnection

from surveys.keys import store
from surveys.keys.models import Key
from surveys.models import Interview, Role, User
from tests.factories import make_member
from tests.surveys.keys.test_secrecy import sent

pytestmark = pytest.mark.django_db
PROGRAM = {"authorization": "Bearer fst_" + "x" * 40}


def refusing(error: Exception) -> Callable[..., NoReturn]:
    def refuse(*_: object) -> NoReturn:
        raise error

    return refuse


def asked(path: str, error: Exception, **headers: str) -> Any:
    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(refusing(error)):
        return client.get(path, headers={"accept-language": "en", **headers})


@pytest.mark.parametrize(
    ("language", "said"), [("en", "try again in a minute"), ("zh", "一分钟后")]
)
def test_while_the_database_is_away_people_are_told_to_come_again(
    language: str, said: str, admin_user: User
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    with connection.execute_wrapper(refusing(OperationalError())):
        answer = client.get("/admin/", headers={"accept-language": language})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert said in answer.content.decode()


@pytest.mark.parametrize("away", [OperationalError(), NoConnection()], ids=["database", "Redis"])
def test_while_something_is_away_programs_are_told_to_come_again(away: Exception) -> None:
    answer = asked("/api/v1/surveys", away, **PROGRAM)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "unavailable"


def test_what_broke_is_told_without_how(admin_user: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    with connection.execute_wrapper(refusing(RuntimeError("secret"))):
        page = client.get("/admin/", headers={"accept-language": "en"})
    assert page.status_code == 500
    assert "Something broke on the server" in page.content.decode()
    assert "secret" not in page.content.decode()
    told = asked("/api/v1/surveys", RuntimeError("secret"), **PROGRAM)
    assert (told.status_code, told.json()["code"]) == (500, "broken")
    assert "secret" not in told.content.decode()


def test_a_page_of_what_cannot_be_read_says_why(client: Client) -> None:
    version = sent()
    client.force_login(make_member(version.questionnaire.survey, Role.COORDINATOR))
    store.destroy(list(Key.objects.values_list("pk", flat=True)))
    path = f"/admin/surveys/interview/{Interview.objects.get().pk}/change/"
    client.raise_request_exception = False
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 410
    assert "its key was destroyed" in answer.content.decode()
