"""The health page tells whether the database answers."""

import json

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from config.health import healthz


@pytest.mark.django_db
def test_health_is_good_while_the_database_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert "no-cache" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_health_is_bad_without_a_database() -> None:
    def refuse(*_: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        response = healthz(RequestFactory().get("/healthz"))
    assert response.status_code == 503
    assert json.loads(response.content) == {"database": "unreachable"}
