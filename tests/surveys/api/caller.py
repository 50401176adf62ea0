"""A program that asks the API, as programs do: by HTTP, with a token."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client

from surveys import api_tokens
from surveys.api_tokens import Scope
from surveys.models import Interview, Survey, User

EVERYTHING = tuple(Scope)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Caller:
    client: Client
    token: str

    def get(self, path: str, status: int = 200, **asked: Any) -> Any:
        """What is answered, read as JSON."""
        response = self.client.get(path if path.startswith("/") else f"/api/v1/{path}", asked)
        assert response.status_code == status, response.content.decode()
        return response.json()

    def post(self, path: str, status: int = 202, **body: Any) -> Any:
        response = self.client.post(f"/api/v1/{path}", body, content_type="application/json")
        assert response.status_code == status, response.content.decode()
        return response.json()

    def pages(self, path: str, **asked: Any) -> Iterator[Any]:
        """All pages, by following `next`."""
        page = self.get(path, **asked)
        yield page
        while page["next"]:
            page = self.get(page["next"].removeprefix("http://testserver"))
            yield page

    def interviews(self, questionnaire: int, **asked: Any) -> list[Any]:
        path = f"questionnaires/{questionnaire}/interviews"
        return [one for page in self.pages(path, **asked) for one in page["interviews"]]


def caller(
    person: User,
    scopes: tuple[Scope, ...] = EVERYTHING,
    surveys: list[Survey] | None = None,
    language: str = "en",
) -> Caller:
    clear = api_tokens.issue(person, "a script", scopes, DAY, surveys).clear
    headers = {"Authorization": f"Bearer {clear}", "Accept-Language": language}
    return Caller(Client(headers=headers), clear)


def long_ago(*interviews: Interview) -> None:
    """Changed so long ago that nothing earlier can come."""
    for interview in interviews:
        moment = interview.changed_at - timedelta(minutes=1)
        Interview.objects.filter(pk=interview.pk).update(changed_at=moment)
