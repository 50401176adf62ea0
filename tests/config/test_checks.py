"""A server that others can reach does not start with settings that give it away."""

import os
import subprocess
import sys
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import RequestFactory
from pytest_django import Settings

from config import checks, health
from surveys import demo
from surveys.keys import store
from tests.factories import make_interview, make_site, make_survey, make_user, make_version

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "J0m9-tB4kq_7XwzR2vLhEoNfPaYdGcUs6iT8-_x5QyKpVnWb3M"
SAFE = {"SECRET_KEY": KEY, "DEBUG": False, "HTTPS": True, "WEBHOOKS_TO_LOOPBACK": False}
PUBLIC = {**SAFE, "ALLOWED_HOSTS": ["survey.example.org", "localhost"]}
HOME = {
    **SAFE,
    "HTTPS": False,
    "ALLOWED_HOSTS": ["localhost", "192.168.1.7", "office.local", "web"],
}


def faults(settings: Settings, **given: object) -> list[str]:
    for name, value in given.items():
        setattr(settings, name, value)
    return [str(one.id) for one in checks.check_settings()]


@pytest.fixture(autouse=True)
def dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    monkeypatch.setattr(checks, "DOTENV", path)
    return path


@pytest.mark.parametrize("given", [PUBLIC, HOME, {**HOME, "DEBUG": True, "SECRET_KEY": "x"}])
def test_settings_that_fit_their_place_have_no_fault(
    settings: Settings, given: dict[str, object]
) -> None:
    assert faults(settings, **given) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"SECRET_KEY": "short"}, "security.E901"),
        ({"SECRET_KEY": "x" * 60}, "security.E901"),
        ({"SECRET_KEY": "django-insecure-" + KEY}, "security.E901"),
        ({"ALLOWED_HOSTS": ["*"]}, "security.E902"),
        ({"HTTPS": False}, "security.E903"),
        ({"HTTPS": False, "ALLOWED_HOSTS": [".example.org"]}, "security.E903"),
        ({"HTTPS": False, "ALLOWED_HOSTS": ["8.8.8.8"]}, "security.E903"),
        ({"HTTPS": False, "ALLOWED_HOSTS": ["[2001:4860:4860::8888]"]}, "security.E903"),
        ({"WEBHOOKS_TO_LOOPBACK": True}, "security.E904"),
        ({"DEBUG": True}, "security.E905"),
        ({"DEBUG": True, "ALLOWED_HOSTS": ["*"]}, "security.E902"),
    ],
)
def test_each_fault_is_found(settings: Settings, wrong: dict[str, object], fault: str) -> None:
    assert faults(settings, **{**PUBLIC, **wrong}) == [fault]


@pytest.mark.parametrize(("mode", "found"), [(0o600, []), (0o640, []), (0o644, ["security.E906"])])
def test_secrets_that_everybody_on_the_machine_can_read(
    settings: Settings, dotenv: Path, mode: int, found: list[str]
) -> None:
    dotenv.touch()
    dotenv.chmod(mode)
    assert faults(settings, **PUBLIC) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hosts", "fields", "found"),
    [
        (PUBLIC["ALLOWED_HOSTS"], {}, ["security.E907"]),
        (PUBLIC["ALLOWED_HOSTS"], {"is_active": False}, []),
        (PUBLIC["ALLOWED_HOSTS"], {"password": make_password("another one")}, []),
        (HOME["ALLOWED_HOSTS"], {}, []),
    ],
)
def test_accounts_of_the_demo_are_not_for_a_public_host(
    settings: Settings, hosts: list[str], fields: dict[str, object], found: list[str]
) -> None:
    settings.ALLOWED_HOSTS = hosts
    person = make_user("E01")
    person.set_password(demo.PASSWORD)
    person.save()
    type(person).objects.filter(pk=person.pk).update(**fields)
    assert [str(one.id) for one in checks.check_accounts(databases=["default"])] == found


STARTS = (
    ("manage.py", "serve", "--port", "0"),
    ("-c", "import config.wsgi"),
    ("-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--pool", "solo"),
    ("-m", "celery", "-A", "config", "beat"),
)


def test_nothing_starts_with_a_fault() -> None:
    environment = os.environ | {"ALLOWED_HOSTS": "survey.example.org", "SECRET_KEY": KEY}
    with ExitStack() as stack:
        started = [stack.enter_context(start(command, environment)) for command in STARTS]
        said = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode == 0 for process in started] == [False] * len(STARTS)
    sentence = "survey.example.org is a public host, and HTTPS is off"
    assert [sentence in output for output in said] == [True] * len(STARTS)


def start(command: tuple[str, ...], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_by_https_cookies_have_names_that_no_neighbour_can_set() -> None:
    names = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE"
    assert read(names, HTTPS="true").stdout.split() == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "True",
    ]


def test_a_slip_of_the_pen_does_not_switch_two_steps_off() -> None:
    assert read("s.STAFF_MFA", STAFF_MFA="required").stdout.split() == ["required"]
    refused = read("s.STAFF_MFA", STAFF_MFA="Required")
    assert refused.returncode != 0
    assert "Invalid value: Required" in refused.stderr


def read(names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Settings as a process finds them that starts with this in its environment."""
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings as s; print({names})"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db
def test_a_server_with_keys_of_its_own_is_not_started() -> None:
    """A second one that forgot KEYS_URL; or one that lost its keys, until somebody accepts it."""
    assert checks.check_keys(databases=["default"]) == []
    survey = make_survey()
    submission = make_interview(make_site(survey, "S1"), make_version(survey)).current
    assert submission
    assert submission.key
    assert checks.check_keys(databases=["default"]) == []
    assert checks.check_keys(databases=None) == []
    store.destroy([submission.key])
    (fault,) = checks.check_keys(databases=["default"])
    assert fault.id == "security.E908"
    assert health.ready(RequestFactory().get("/healthz")).status_code == 503
    call_command("seal", begin_anew=True, stdout=StringIO())
    assert checks.check_keys(databases=["default"]) == []
