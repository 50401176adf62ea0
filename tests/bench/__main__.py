"""`python -m tests.bench`: the graph of the page by Node, as JSON lines."""

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.workbooks import documents


def main() -> None:
    runner = Path(__file__).with_name("live.mjs")
    asked = json.dumps(list(documents())).encode()
    sys.exit(subprocess.run(["node", str(runner)], input=asked, check=False).returncode)


if __name__ == "__main__":
    main()
