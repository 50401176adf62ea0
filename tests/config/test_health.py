"""The health pages tell whether requests may be sent here."""

import json

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from config import health
from surveys import alerts

REQUEST = RequestFactory().get("/healthz")


@pytest.mark.django_db
def test_health_is_good_while_the_database_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "queue": "ok", "clock": "silent"}
    assert "no-cache" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_clock_that_beats_is_heard(client: Client) -> None:
    alerts.watch()
    assert client.get("/healthz").json()["clock"] == "ok"


@pytest.mark.django_db
def test_health_is_bad_without_a_database() -> None:
    def refuse(*_: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        response = health.ready(REQUEST)
        assert health.live(REQUEST).status_code == 200
    assert response.status_code == 503
    assert json.loads(response.content) == {"database": "unreachable"}


def test_a_live_process_asks_no_database() -> None:
    assert health.live(REQUEST).status_code == 200
