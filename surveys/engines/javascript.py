"""The engine of the browser, run by Node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from surveys.engines.questions import Answer, Question, as_json

RUNNER = Path(__file__).with_name("evaluate.mjs")


class NoNode(Exception):
    """Node is not on this machine."""


def answers(questions: Sequence[Question]) -> list[Answer]:
    """All answers, of one process. Raises NoNode."""
    node = shutil.which("node")
    if node is None:
        raise NoNode("Node is not installed: the engine of the browser cannot be run.")
    done = subprocess.run(  # noqa: S603 - our own script
        [node, str(RUNNER)],
        input=json.dumps(as_json(questions)).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return [Answer.from_json(document) for document in json.loads(done.stdout)]
