"""Commands may be read by `head`."""

import subprocess
import sys

PRINTS_MUCH = """
import sys
from django.core.management.base import OutputWrapper
from scoring.management.output import print_lines
print_lines(OutputWrapper(sys.stdout), (str(number) for number in range(100_000)))
"""


def test_a_reader_who_has_enough_ends_the_printing_without_a_word() -> None:
    command = f"set -o pipefail; {sys.executable} -c '{PRINTS_MUCH}' | head -1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "0\n", "")
