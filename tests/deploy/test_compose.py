"""The containers: every part is there, fits the settings, and may do little."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.test_docs import ENV_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one.get("image") == "five-standards-app"}
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
OF_PARTS = {"QUEUES", "PROCESSES", "WEB_CONCURRENCY"}


def test_the_workers_take_from_every_queue_once() -> None:
    taken = [q for one in OURS.values() for q in one["environment"].get("QUEUES", "").split(",")]
    assert sorted(filter(None, taken)) == sorted(settings.CELERY_TASK_QUEUES)


def test_parts_are_told_settings_that_there_are() -> None:
    known = set(ENV_VARIABLE.findall((ROOT / "config" / "settings.py").read_text("utf-8")))
    told = {name for one in OURS.values() for name in one["environment"]}
    assert told - OF_PARTS <= known


def test_what_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "deploy" / "compose.yml").read_text("utf-8")))
    offered = set(
        re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    )
    assert asked
    assert asked <= offered


@pytest.mark.parametrize("name", OURS)
def test_our_parts_may_write_to_volumes_only(name: str) -> None:
    part = OURS[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in part


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]


@pytest.mark.parametrize("name", set(SERVICES) - {"migrate"})
def test_parts_start_again_and_show_their_health(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert name == "beat" or SERVICES[name]["healthcheck"]["interval"]


def test_everything_waits_for_the_tables() -> None:
    waiting = {
        name
        for name, one in OURS.items()
        if "migrate" in one["depends_on"]
        and one["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    }
    assert waiting == set(OURS) - {"migrate"}


def test_volumes_are_declared() -> None:
    used = {
        source
        for one in SERVICES.values()
        for source in (str(v).partition(":")[0] for v in one.get("volumes", ()))
        if re.fullmatch(r"\w+", source)
    }
    assert used == set(COMPOSE["volumes"])


def test_the_image_of_ours_runs_without_root() -> None:
    stages = DOCKERFILE.split("\nFROM ")
    (app,) = (stage for stage in stages if " AS app" in stage.partition("\n")[0])
    instructions = [line.split()[0] for line in app.splitlines()[1:] if line and line[0] != "#"]
    assert instructions[-2:] == ["USER", "CMD"]
    assert "USER survey" in app
    assert {one["build"]["target"] for one in SERVICES.values() if "build" in one} <= set(
        re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE)
    )


def test_what_the_image_copies_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in shlex.split(line)[:-1]}
    assert sources == {".", "deploy/nginx/five-standards.conf"}
    assert all((ROOT / source).exists() for source in sources)
