"""One target put to a fuzzer that sees which lines are reached: `python -m tests.fuzz.hunting NAME …`.

The fuzzer ends its process, so each target has one of its own. Whatever breaks is written to a folder, once for each
place where it broke; what hangs, takes too much memory or ends the process is written there by the fuzzer.
"""

import logging
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.mutation import mutated

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "build" / "fuzz"
OWN = ("/tests/fuzz/hunting.py", "/tests/fuzz/target.py")
HANGING_S = 120
BOUNDS = {  # and how the fuzzer goes about it
    "max_len": 200_000,  # bytes
    "len_control": 0,
    "timeout": HANGING_S,
    "report_slow_units": HANGING_S,
    "rss_limit_mb": 2_000,
    "detect_leaks": 0,
    "print_final_stats": 1,
}
PARSERS = (  # what is worth seeing inside; everything else stays as fast as it is
    *("surveys.xforms", "surveys.formlogic", "surveys.imports", "surveys.openrosa", "surveys.api"),
    *("surveys.submissions", "surveys.readings", "surveys.attachments", "scoring.workbooks"),
)
COVERED = re.compile(r"cov: (\d+)")


@dataclass(frozen=True)
class Hunt:
    """What came of it: how much was tried, how many places were reached, and what broke something."""

    tried: int
    covered: int
    found: Sequence[Path]


def hunt(name: str, seed: int, count: int) -> Hunt:
    """In the installation that the environment tells of. Count 0 stands for the target's own."""
    folder = FOUND / name
    folder.mkdir(parents=True, exist_ok=True)
    before = {*folder.iterdir()}
    command = [sys.executable, "-m", "tests.fuzz.hunting", name, str(seed), str(count)]
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False)
    said = log.read_text("utf-8", "replace")
    covered, done = COVERED.findall(said), re.findall(r"number_of_executed_units: (\d+)", said)
    found = sorted({*folder.iterdir()} - before)
    return Hunt(int(done[-1]) if done else 0, int(covered[-1]) if covered else 0, found)


@dataclass
class Hunter:
    """Tries, and writes down what breaks."""

    tried: object
    seconds: float
    folder: Path
    places: set[str] = field(default_factory=set)

    def __call__(self, content: bytes) -> None:
        from tests.fuzz.target import attempt  # noqa: PLC0415  # settings come from the environment

        try:
            attempt(self.tried, content, self.seconds)  # type: ignore[arg-type]
        except Exception as error:
            self.note(content, error)

    def note(self, content: bytes, error: Exception) -> None:
        place = place_of(error)
        if place in self.places:
            return
        self.places.add(place)
        name = f"{type(error).__name__}-{sha256(content).hexdigest()[:10]}"
        (self.folder / name).write_bytes(content)
        sys.stderr.write(f"FOUND {name} {place}\n{''.join(traceback.format_exception(error))}\n")


def place_of(error: Exception) -> str:
    """Where it broke: the last place in files of ours, and what was wrong there."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if str(ROOT) in one.filename and ".venv" not in one.filename]
    last = next((one for one in reversed(ours) if not one.filename.endswith(OWN)), ours[-1])
    return f"{type(error).__name__} {last.filename}:{last.lineno}"


def main(name: str, seed: str, count: str) -> None:
    import atheris  # noqa: PLC0415  # only where somebody hunts: it is not for every machine

    with atheris.instrument_imports(include=["surveys", "scoring", "pyxform"], exclude=unseen()):
        import django  # noqa: PLC0415

        django.setup()
        import config.urls  # noqa: F401, PLC0415  # and what is behind addresses, which is seen too
        from tests.fuzz.target import known  # noqa: PLC0415
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from tests.hostile.siege import prepare  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    target = TARGETS[name]
    if target.is_stored:
        prepare()
    with (
        transaction.atomic() if target.is_stored else nullcontext(),
        TemporaryDirectory() as scratch,
        target.opened() as tried,
    ):
        options = {
            "seed": seed,
            "runs": int(count) or target.count,
            "dict": words_in(Path(scratch), target.words),
            "artifact_prefix": f"{FOUND / name}/",
            **BOUNDS,
        }
        given = [sys.argv[0], *(f"-{option}={value}" for option, value in options.items())]
        seeds = seeds_in(Path(scratch), (*target.examples(), *known(name)))

        def changed(content: bytes, most: int, seed: int) -> bytes:
            return mutated(content, most, seed, atheris.Mutate)

        hunter = Hunter(tried, target.seconds, FOUND / name)
        atheris.Setup([*given, str(seeds)], hunter, custom_mutator=changed)
        atheris.Fuzz()


def words_in(folder: Path, words: Sequence[str]) -> Path:
    path = folder / "words"
    path.write_text("\n".join(map(quoted, words)) + "\n", "utf-8")
    return path


def seeds_in(folder: Path, contents: Sequence[bytes]) -> Path:
    path = folder / "seeds"
    path.mkdir()
    for number, content in enumerate(contents):
        (path / f"{number:04}").write_bytes(content)
    return path


def unseen() -> list[str]:
    """The modules of ours that are no parsers."""
    files = (path for house in ("surveys", "scoring") for path in (ROOT / house).rglob("*.py"))
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files)
    modules = (name.removesuffix(".__init__") for name in names)
    return [name for name in modules if not name.startswith(PARSERS)]


def quoted(word: str) -> str:
    """As the fuzzer reads words: what is not plain in hexadecimal digits."""
    plain = "".join(
        chr(one) if 32 < one < 127 and one not in b'"\\' else f"\\x{one:02x}"
        for one in word.encode()
    )
    return f'"{plain}"'


if __name__ == "__main__":
    os.nice(5)
    main(*sys.argv[1:])
