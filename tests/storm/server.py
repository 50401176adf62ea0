"""The web server of production, which is killed, started again and deployed anew while phones ask it."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from surveys.serving import die_with_parent, is_answering, kill_group, listen, programs
from tests.storm.release import environment

START_S = 60.0
LOOK_S = 0.05


class Server:
    """gunicorn by the command of `manage.py serve`, from the folder of a release.

    Its socket stays open while it is away: requests wait, as they do in production.
    """

    def __init__(self, releases: Sequence[Path], given: Mapping[str, str], log: Path) -> None:
        self.releases, self.given, self.log = releases, given, log
        self.listener = listen("127.0.0.1", 0)
        self.address: tuple[str, int] = self.listener.getsockname()[:2]
        self.deployed = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """It answers some moments later: see `wait`."""
        (web, *_others) = programs(self.listener)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                web.command,
                cwd=self.releases[self.deployed % len(self.releases)],
                env=environment(self.given),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=web.inherit,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509  # no thread of ours runs Python there
            )

    def kill(self) -> None:
        if self.process is not None:
            kill_group(self.process)
            self.process.wait()

    def restart(self) -> None:
        """As after a power cut: what it was at is lost."""
        self.kill()
        self.start()

    def kill_workers(self) -> None:
        """Those that answer end in the middle of it; others take their place at once."""
        assert self.process is not None
        for worker in psutil.Process(self.process.pid).children():
            worker.kill()

    def deploy(self) -> None:
        self.deployed += 1
        self.restart()

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + START_S
        while not is_answering(self.address):
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(LOOK_S)

    def errors(self) -> int:
        """How often it was at a loss."""
        return self.log.read_text("utf-8").count("Traceback")


@contextmanager
def server(releases: Sequence[Path], given: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Running and answering; gone at the end."""
    one = Server(releases, given, log)
    one.start()
    try:
        one.wait()
        yield one
    finally:
        one.kill()
        one.listener.close()
