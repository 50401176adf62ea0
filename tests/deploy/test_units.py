"""The units of systemd: systemd finds nothing wrong with them, and they may do little."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"
EXPOSURE = 30  # tenths, as `systemd-analyze security` counts; 100 is a usual service
ANALYZE = shutil.which("systemd-analyze")
PARTS = [
    "five-standards-web.service",
    "five-standards-worker@exports.service",
    "five-standards-beat.service",
    "five-standards-backup.service",
]

pytestmark = pytest.mark.skipif(ANALYZE is None, reason="no systemd on this machine")


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As they are installed, with programs that are there, whatever the machine has else."""
    folder = tmp_path_factory.mktemp("systemd")
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    for file in folder.glob("*.service"):
        text = file.read_text("utf-8")
        assert "/opt/five-standards/.venv/bin/" in text
        file.write_text(text.replace("/opt/five-standards/.venv/bin/", f"{ROOT}/.venv/bin/"))
    for name in ("network-online", "sysinit", "basic", "sockets", "timers", "shutdown"):
        (folder / f"{name}.target").write_text("[Unit]\nDescription=stands for the system's\n")
    return folder


def analyze(units: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ANALYZE), *words],
        env={"SYSTEMD_UNIT_PATH": str(units), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_systemd_understands_every_unit(units: Path) -> None:
    names = [*PARTS, "five-standards-web.socket", "five-standards-backup.timer"]
    done = analyze(units, "verify", "--man=no", *names)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", PARTS)
def test_a_part_may_do_little(units: Path, name: str) -> None:
    done = analyze(
        units, "security", "--offline=yes", f"--threshold={EXPOSURE}", "--json=short", name
    )
    assert done.returncode == 0, done.stderr
    found = {row["json_field"]: row for row in json.loads(done.stdout)}
    assert found["UserOrDynamicUser"]["set"]
    assert found["ProtectSystem"]["set"]


def test_systemd_understands_the_units_of_the_archive(units: Path) -> None:
    for file in (ROOT / "deploy" / "archiving").glob("postgresql-base-backup.*"):
        text = file.read_text("utf-8").replace("/usr/bin/pgbackrest", "/usr/bin/true")
        (units / file.name).write_text(text)
    done = analyze(units, "verify", "--man=no", "postgresql-base-backup.timer")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_commands_of_the_documents_name_what_is_here() -> None:
    """Files of `deploy/`, and every part that starts at boot wherever parts are started by hand."""
    started = []
    for name in ("operations.md", "recovery.md"):
        commands = "".join((ROOT / "docs" / name).read_text("utf-8").split("```")[1::2])
        for path in re.findall(r"deploy/[\w./*-]+", commands):
            assert list(ROOT.glob(path)), path
        joined = commands.replace("\\\n", " ")
        for words in re.findall(r"systemctl (?:enable --now|start) (five-.*web.*)", joined):
            started.append({*words.split()} - {"five-standards-backup.timer"})
    assert started == [started[0]] * 2
    assert started[0] >= {f"five-standards-worker@{queue}" for queue in settings.CELERY_TASK_QUEUES}


def test_every_night_has_the_keys_too() -> None:
    """Without them nobody reads a name, a picture or an interview's XML again."""
    unit = (UNITS / "five-standards-backup.service").read_text("utf-8")
    command = unit.partition("ExecStart=")[2].replace("\\\n", "").partition("\n")[0]
    assert "backup ${FOLDER}" in command
    assert "--keys ${KEYS_FOLDER}" in command


def test_each_queue_can_have_a_worker() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert all(f"five-standards-worker@{queue}" in page for queue in settings.CELERY_TASK_QUEUES)
