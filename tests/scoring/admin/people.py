"""Who knocks at the pages of schemes: staff of the survey, a stranger, and nobody."""

from django.test import Client

from scoring import schemes
from scoring.models import Scheme
from surveys.models import Role, Survey, User
from tests.factories import make_member, make_survey

LOOKERS = (Role.ANALYST, Role.SUPERVISOR)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member(survey: Survey, role: Role = Role.COORDINATOR) -> Client:
    return signed_in(make_member(survey, role))


def stranger() -> Client:
    """Coordinates another survey."""
    return member(make_survey("theirs"))


def make_scheme(survey: Survey, weights: str = "equal-v1") -> Scheme:
    document = schemes.five_standards()
    return schemes.add(survey, document, weights, is_default=weights == "equal-v1")
