"""Brings the browser packages of package-lock.json into static/vendor: only the files that pages load."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
FILES = ("echarts/dist/echarts.esm.min.js",)
SOURCE_MAP = re.compile(r"\n?(//# sourceMappingURL=.*|/\*# sourceMappingURL=.*\*/)\s*$")


def install_packages() -> None:
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: run `make run`, which gets it, or install Node.js.")
    done = subprocess.run([npm, "ci", "--silent"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    if done.returncode:
        sys.exit("The browser packages could not be installed: is the network up?")


def copy_files() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for name in FILES:
        source = PACKAGES / name
        target = VENDOR / name.split("/")[0] / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        # Source maps stay behind, so the files must not point to them.
        target.write_text(SOURCE_MAP.sub("\n", source.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    install_packages()
    copy_files()
