"""The golden survey as a data set: its scores, what the scripts print, and the examples of the docs."""

import csv
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from surveys import demo
from surveys.exports.catalogue import Order
from surveys.models import Survey
from tests.scoring.exports.scripts import PYTHON, Line, R, printed, program, put, run

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "data" / "golden"
NAMES = {"index_eq": "index", "poor_1_3": "H_1_3", "ck_1_3": "M0_1_3"}
STANDARDS = ("S1", "S2", "S3", "S4", "S5", "P")


def check_data_set(survey: Survey, folder: Path) -> None:
    """Before its weights are changed."""
    put(Order(survey.questionnaires.get(), derived=True), folder)
    check_scores(pl.read_parquet(folder / "interviews.parquet"))
    check_scripts(folder)
    check_examples(folder)


def check_scores(frame: pl.DataFrame) -> None:
    """Everybody's scores are those of the independent program."""
    by_id = {row["interview_id"]: row for row in frame.to_dicts()}
    with (GOLDEN / "golden_person_scores.csv").open(encoding="utf-8", newline="") as file:
        for golden in csv.DictReader(file):
            name = f"respondent-{golden['id']}"
            found = by_id[f"uuid:{uuid.uuid5(demo.NAMESPACE, name)}"]
            assert found["in_estimates"] == 1
            for theirs, ours in _columns(golden):
                assert found[ours] == pytest.approx(_number(golden[theirs]), abs=1e-12), (
                    name,
                    ours,
                )


def _columns(golden: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What it is called there and here. What is lacking is told of people who have a c."""
    yield "index_equal-v1", "index"
    yield "c", "c"
    for standard in STANDARDS:
        yield f"d_{standard}", standard
    for name in golden if golden["c"] else ():
        if name.startswith("g_"):
            yield name, f"lacks_{name.removeprefix('g_')}"
        if name.startswith("poor_"):
            yield name, name


def _number(text: str) -> float | None:
    return float(text) if text not in ("", "NA") else None


def check_scripts(folder: Path) -> None:
    """R's survey package gave the golden numbers: estimates, errors and intervals."""
    for script in (PYTHON, R):
        found = printed(script, folder)
        golden = [row for row in _golden() if row["by"] in ("all", "a1")]
        assert len(golden) == 13 * (len(NAMES) + len(STANDARDS))
        for row in golden:
            line = found[row["level"], NAMES.get(row["variable"], row["variable"])]
            wanted = [
                float(row[name]) for name in ("n", "estimate", "se", "logit_low", "logit_high")
            ]
            assert line[:5] == pytest.approx(wanted, abs=1e-9), row
        check_intensity(found["all", "A_1_3"], _reference()["A_1_3"])
        for row in _reference()["A_by_city"]:
            check_intensity(found[row["city"], "A_1_3"], row)


def check_intensity(line: Line, golden: dict[str, float]) -> None:
    assert (line.estimate, line.se) == pytest.approx((golden["estimate"], golden["se"]), abs=1e-9)


def _golden() -> list[dict[str, str]]:
    wanted = {*NAMES, *STANDARDS}
    with (GOLDEN / "golden_estimates.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["variable"] in wanted]


def _reference() -> Any:
    return json.loads((GOLDEN / "golden_reference.json").read_text("utf-8"))


def check_examples(folder: Path) -> None:
    """The examples of docs/analyst.md run on it, one after the other, and find the index."""
    text = (ROOT / "docs" / "analyst.md").read_text("utf-8")
    for language, name in (("python", "examples.py"), ("r", "examples.R")):
        blocks = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        assert len(blocks) >= 2
        (folder / name).write_text("\n".join(blocks), "utf-8")
        assert "0.53836" in run(program(name), name, folder=folder)
