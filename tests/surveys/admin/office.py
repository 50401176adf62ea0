"""People of a survey at the pages of the office."""

from django.test import Client

from surveys.models import Role, Survey, User
from tests.factories import make_member


def client_of(person: User) -> Client:
    """The browser in which somebody is signed in."""
    client = Client()
    client.force_login(person)
    return client


def client_in(survey: Survey, role: Role = Role.COORDINATOR, team: str = "") -> Client:
    """The browser of a new member."""
    return client_of(make_member(survey, role, team=team))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()
