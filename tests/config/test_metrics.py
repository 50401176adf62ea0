"""What monitors read, and who may."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from surveys import alerts
from surveys.models import Job, Pulse
from tests.factories import make_survey

PAGE = "/metrics"
REQUESTS = """
import json, django; django.setup()
from django.core.management import call_command
from django.test import Client
client = Client(headers={"Host": "localhost", "Authorization": "Bearer of-a-monitor"})
def get(path): return client.get(path).text
answers = {"before": get("/healthz")}
call_command("migrate", verbosity=0)
answers["after"] = get("/healthz")
get("/healthz/live"); get("/healthz/live"); get("/nowhere/7"); client.generic("MYWORD", "/nowhere/7")
print(json.dumps({**answers, "metrics": get("/metrics")}))
"""


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "Bearer other", "Bearer "])
def test_without_the_token_there_is_no_such_page(
    client: Client, settings: Settings, given: str
) -> None:
    settings.METRICS_TOKEN = "of-a-monitor"
    assert client.get(PAGE, headers={"Authorization": given}).status_code == 404


@pytest.mark.django_db
def test_without_a_token_set_nobody_reads(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get(PAGE, headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_what_waits_is_told(
    client: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    settings.METRICS_TOKEN = "of-a-monitor"
    Job.objects.create(kind="x", survey=make_survey())
    Pulse.objects.create(name="backup", at=timezone.now() - timedelta(days=1))
    alerts.watch()
    response = client.get(PAGE, headers={"Authorization": "Bearer of-a-monitor"})
    assert response.status_code == 200
    text = response.text
    assert 'five_standards_jobs{state="queued"} 1.0' in text
    assert "five_standards_trail_unsealed 0.0" in text
    assert "five_standards_webhook_messages_due 0.0" in text
    [age] = [line for line in text.splitlines() if line.startswith("five_standards_clock_age")]
    assert 0 <= float(age.split()[1]) < 60


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """From a process of its own: the library asks once, when it is loaded, whether there are several."""
    folder = tmp_path_factory.mktemp("house")
    environment = {
        **os.environ,
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "KEYS_URL": f"sqlite:///{folder / 'keys.sqlite3'}",
        "REDIS_URL": "",
        "DEBUG": "true",  # pages are shown without collected files
        "METRICS_TOKEN": "of-a-monitor",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    command = [sys.executable, "-c", REQUESTS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: dict[str, str] = json.loads(done.stdout)
    return answers


def test_requests_are_counted_by_page_and_never_by_address(answers: dict[str, str]) -> None:
    count = "five_standards_request_seconds_count"
    assert f'{count}{{method="GET",page="healthz-live",status="200"}} 2.0' in answers["metrics"]
    assert f'{count}{{method="GET",page="none",status="404"}} 1.0' in answers["metrics"]
    assert "nowhere" not in answers["metrics"]


def test_methods_that_there_are_not_are_counted_together(answers: dict[str, str]) -> None:
    count = "five_standards_request_seconds_count"
    assert f'{count}{{method="other",page="none",status="404"}} 1.0' in answers["metrics"]
    assert "MYWORD" not in answers["metrics"]


def test_a_database_older_than_the_code_is_not_ready(answers: dict[str, str]) -> None:
    assert json.loads(answers["before"]) == {"database": "needs migrate"}
    assert json.loads(answers["after"])["database"] == "ok"
