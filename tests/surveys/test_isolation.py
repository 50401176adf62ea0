"""Workbooks of strangers are looked at elsewhere: the same is found, and what takes too much ends there."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from surveys import isolation
from surveys.isolation import Room
from surveys.wording import in_words
from surveys.xforms import apart
from surveys.xforms.linting import linter
from tests.factories import SMALL_FORM, rich_form, workbook

BROKEN = SMALL_FORM.replace(". <= 126", ". > and 3")
SLEEPER = [sys.executable, "-c", "import os, time; os.fork(); time.sleep(60)"]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    room = Room()
    monkeypatch.setattr(isolation, "ROOM", room)
    yield room
    if room.process is not None:
        room._close(room.process)


@pytest.mark.parametrize("form", [SMALL_FORM, BROKEN, rich_form()])
def test_the_same_is_found_as_here(form: str) -> None:
    content = workbook(form)
    beside = linter.review(workbook(BROKEN)).findings[:1]
    there, here = isolation.review(content, beside), linter.review(content, beside)
    assert (there.xml, there.form) == (here.xml, here.form)
    assert list(map(in_words, there.findings)) == list(map(in_words, here.findings))
    assert [(f.code, f.place) for f in there.findings] == [(f.code, f.place) for f in here.findings]


def spin(_request: bytes) -> bytes:
    while True:
        pass


def swell(_request: bytes) -> bytes:
    return bytes(bytearray(2 * apart.MEMORY))


def write(_request: bytes) -> bytes:
    with TemporaryFile() as file:
        return b"%d" % file.write(bytes(apart.LARGEST_FILE + 1))


@pytest.mark.parametrize("work", [spin, swell, write])
def test_a_child_that_takes_what_it_may_not_ends_without_an_answer(
    work: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "CPU_S", 1)
    monkeypatch.setattr(apart, "looked_at", work)
    assert apart.answer(b"") == b""


def test_what_has_no_answer_is_told_in_a_sentence(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ask", lambda _request: b"")
    (found,) = isolation.review(workbook(SMALL_FORM)).findings
    assert found.code == "too-much"
    assert "took more than 30 seconds or 1500 MB" in in_words(found)


def test_a_process_that_hangs_is_killed_with_its_children_and_another_takes_its_place(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = subprocess.Popen(
        SLEEPER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    room.process = sleeper
    monkeypatch.setattr(isolation, "WHOLE_S", 1.0)
    assert room.ask(b"anything") == b""
    with pytest.raises(ProcessLookupError):
        wait_until_gone(sleeper.pid)
    monkeypatch.undo()
    assert room.ask(request_for(SMALL_FORM))


def test_what_led_to_a_process_that_has_ended_is_closed(room: Room) -> None:
    """Else its pipes stay open until somebody collects the garbage."""
    room.prepare()
    ended = room.process
    assert ended is not None
    ended.kill()
    ended.wait()
    room.prepare()
    assert room.process is not ended
    assert [pipe.closed for pipe in (ended.stdin, ended.stdout) if pipe] == [True, True]


def wait_until_gone(group: int) -> None:
    """Raises ProcessLookupError when nobody of the group is left."""
    for _try in range(100):
        os.killpg(group, 0)
        time.sleep(0.05)


def request_for(form: str) -> bytes:
    return json.dumps(
        {"workbook": base64.b64encode(workbook(form)).decode(), "beside": []}
    ).encode()


def test_it_knows_no_secret_and_reaches_no_network(room: Room) -> None:
    room.prepare()
    assert room.ask(request_for(SMALL_FORM))
    assert room.process is not None
    proc = Path(f"/proc/{room.process.pid}")
    assert b"SECRET_KEY" not in proc.joinpath("environ").read_bytes()
    if apart_is_permitted():
        assert (proc / "ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def apart_is_permitted() -> bool:
    """Whether the kernel lets a process leave the network here."""
    code = "import sys; from surveys.xforms.apart import cut_off; sys.exit(not cut_off())"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
