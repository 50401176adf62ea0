"""A program that opens a feed as Excel does: the token as a password, tables by following links."""

import base64
from collections.abc import Iterator
from typing import Any

from django.test import Client

from surveys.models import Questionnaire, QuestionnaireVersion, Role, User
from tests.factories import make_member
from tests.surveys.api.caller import caller


def reader(
    version: QuestionnaireVersion, role: Role = Role.COORDINATOR, words: str = "corrected"
) -> "Reader":
    """Of a new member's."""
    person = make_member(version.questionnaire.survey, role)
    return Reader(person, version.questionnaire, words)


class Reader:
    def __init__(
        self, person: User, questionnaire: Questionnaire, words: str = "corrected"
    ) -> None:
        token = caller(person).token
        basic = base64.b64encode(f"anybody:{token}".encode()).decode()
        self.client = Client(headers={"Authorization": f"Basic {basic}", "Accept-Language": "en"})
        self.root = f"/api/v1/questionnaires/{questionnaire.pk}/odata/{words}/"

    def get(self, path: str = "", status: int = 200, headers: Any = None, **asked: Any) -> Any:
        """What is answered, read as JSON; options are written without their sign."""
        query = {f"${name}": value for name, value in asked.items()}
        path = path if path.startswith("http") else f"{self.root}{path}"
        response = self.client.get(path, query or None, headers=headers)
        assert response.status_code == status, response.content.decode()
        assert response["OData-Version"] == "4.0"
        return response.json()

    def refusal(self, status: int, path: str = "interviews", **asked: Any) -> str:
        message: str = self.get(path, status, **asked)["error"]["message"]
        return message

    def pages(self, path: str = "interviews", size: int = 2_000, **asked: Any) -> Iterator[Any]:
        headers = {"Prefer": f"odata.maxpagesize={size}"}
        page = self.get(path, headers=headers, **asked)
        yield page
        while following := page.get("@odata.nextLink"):
            page = self.get(following, headers=headers)
            yield page

    def rows(self, path: str = "interviews", **asked: Any) -> list[Any]:
        return [row for page in self.pages(path, **asked) for row in page["value"]]
