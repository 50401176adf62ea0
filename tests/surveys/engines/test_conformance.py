"""The harness that runs recorded evaluations."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from surveys.engines import conformance
from surveys.engines.conformance import Report, Vector
from surveys.management.commands.conformance import ENGINES

XML = "<x:a xmlns:x='u'><b id='1'>t<!--c--></b><b>2</b></x:a>"


def vector(expr: str, kind: str, expected: Any, **more: Any) -> dict[str, Any]:
    return {
        "doc": XML, "ctx": "/*[1]", "root": "/", "expr": expr, "kind": kind, "expected": expected
    } | more  # fmt: skip


GOOD = [
    vector("b = 't'", "boolean", expected=True),
    vector("b[2] div 0", "number", expected="Infinity"),
    vector("b + 1", "number", expected="NaN"),
    vector("1 div 3", "rounded", 0.33, factor=100),
    vector("/x:a/b", "nodeset", ["/*[1]/*[1]", "/*[1]/*[2]"]),
    vector("b/node() | b/@id", "uset", ["/*[1]/*[1]/@id", "/*[1]/*[1]/text()[1]",
                                        "/*[1]/*[1]/comment()[1]", "/*[1]/*[2]/text()[1]"]),
    vector("..", "string", "2", ctx="/*[1]/*[2]/text()[1]"),
    vector("string(.)", "string", "1", ctx="/*[1]/*[1]/@id"),
    vector("uuid()", "match", "^[0-9a-f-]{36}$"),
    vector("uuid(4)", "strlen", 4),
    vector("nothing()", "error", None),
    vector("now()", "string", "2026-11-23T01:26:51.123-07:00"),
]  # fmt: skip


def run(*vectors: Vector, excluded: Mapping[int, str] = {}, engine: str = "python") -> Report:
    return conformance.run(engine, ENGINES[engine], vectors, excluded)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_vector_that_agrees_passes(engine: str) -> None:
    report = run(*GOOD, engine=engine)
    assert report.failed == {}
    assert len(report.passed) == len(GOOD)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_vector_that_differs_fails_and_says_why(engine: str) -> None:
    report = run(vector("1", "number", 2), vector("no()", "string", ""), engine=engine)
    assert report.failed[0] == "1.0 instead of 2"
    assert report.failed[1].startswith("refused:")
    assert report.rate == 0


def test_translations_are_of_the_default_language() -> None:
    texts = "<text id='one'><value form='short'>1</value><value>{}</value></text>"
    languages = f"<itext><translation lang='en'>{texts.format('One')}</translation>"
    document = (
        f"{languages}<translation default='' lang='fr'>{texts.format('Un')}</translation></itext>"
    )
    assert run(vector("jr:itext('one')", "string", "Un", doc=document)).failed == {}


def test_excluded_vectors_are_not_asked() -> None:
    report = run(vector("1", "number", 2), vector("1", "number", 1), excluded={0: "why"})
    assert (report.passed, report.excluded, report.rate) == ((1,), {0: "why"}, 1.0)


def test_every_exclusion_is_listed_once() -> None:
    by_category = json.loads(Path(conformance.EXCLUSIONS).read_text())
    places = [place for places in by_category.values() for place in places]
    assert len(places) == len(set(places)) == len(conformance.read_exclusions())


def test_engines_that_say_something_else_disagree() -> None:
    vectors = [vector("1", "number", 1), vector("0.5", "number", 1), vector("uuid()", "match", "")]
    first, second = run(*vectors), run(*vectors, engine="javascript")
    assert conformance.disagreements(first, second, vectors) == {}
    other = replace(second, shown={0: 1.0 + 1e-15, 1: math.nan, 2: "x"})
    assert conformance.disagreements(first, other, vectors) == {
        1: "0.5 in python, nan in javascript"
    }


def test_the_command_fails_below_what_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps([vector("1", "number", 1)]))
    out = StringIO()
    call_command("conformance", str(path), stdout=out)
    assert "python: 1 passed, 0 failed" in out.getvalue()
    assert "javascript: 1 passed, 0 failed" in out.getvalue()
    assert "0 disagreements" in out.getvalue()
    path.write_text(json.dumps([vector("1", "number", 2)]))
    with pytest.raises(CommandError, match="less than is expected"):
        call_command("conformance", str(path), "-v", "2", stdout=out)
    assert "0: 1.0 instead of 2" in out.getvalue()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("conformance", str(tmp_path / "nothing.json"))


def test_the_command_fails_where_the_engines_disagree(tmp_path: Path) -> None:
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps([vector("random()", "number", 1)]))
    with pytest.raises(CommandError, match="disagree"):
        call_command("conformance", str(path), stdout=StringIO())


def test_without_node_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps([vector("1", "number", 1)]))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="Node is not installed"):
        call_command("conformance", str(path))
    out = StringIO()
    call_command("conformance", str(path), "--engine", "python", stdout=out)
    assert "javascript" not in out.getvalue()
