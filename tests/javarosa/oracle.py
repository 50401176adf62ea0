"""JavaRosa, which ODK Collect runs, out of the jar that comes with pyxform: a third opinion."""

import base64
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pyxform

JAR = Path(pyxform.__file__).parent / "validators/odk_validate/bin/ODK_Validate.jar"
SOURCE = Path(__file__).with_name("Evaluate.java")


def is_here() -> bool:
    """Whether there is a Java that can run a source file, which one with a compiler can."""
    return shutil.which("java") is not None and shutil.which("javac") is not None


def validate(folder: Path) -> dict[str, str]:
    """What ODK Validate says of each form in a folder, by the file's name; one start for all."""
    names = sorted(path.name for path in folder.glob("*.xml"))
    done = subprocess.run(
        [shutil.which("java") or "java", "-Djava.awt.headless=true", "-jar", JAR, *names],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said = re.split(r"^Validating: (.+)$", done.stdout, flags=re.MULTILINE)[1:]
    return dict(zip(said[::2], said[1::2], strict=True))


def answers(asked: Iterable[tuple[Path, str, str]], zone: str) -> list[str]:
    """Of forms, nodes and expressions: `=` and a text each, or `!` and what is wrong."""
    lines = [
        f"{form}\t{node}\t{base64.b64encode(text.encode()).decode()}" for form, node, text in asked
    ]
    java = shutil.which("java") or "java"
    done = subprocess.run(
        [java, f"-Duser.timezone={zone}", "-Dfile.encoding=UTF-8", "-cp", JAR, SOURCE],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return [base64.b64decode(line).decode() for line in done.stdout.split()]
