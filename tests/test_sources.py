"""What the source must not do anywhere: read XML that fetches or expands, or run what it was sent."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    path for house in ("config", "surveys", "scoring") for path in (ROOT / house).rglob("*.py")
]
PARSERS = {"XMLParser", "XMLPullParser", "iterparse", "HTMLParser"}
STRICT = {"resolve_entities": False, "no_network": True, "load_dtd": False}
OTHER_READERS = ("xml.etree", "xml.dom", "xml.sax", "lxml.html", "lxml.objectify", "bs4")
DANGEROUS = {"eval", "exec", "compile", "__import__"}
LOADERS = ("pickle", "marshal", "shelve", "yaml", "dill", "jsonpickle")


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Of every module, read once: where and what."""
    return [
        (str(path.relative_to(ROOT)), node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call | ast.Import | ast.ImportFrom)
    ]


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path, node in nodes():
        if isinstance(node, ast.Call):
            yield f"{path}:{node.lineno}", node


def imports() -> Iterator[tuple[str, str]]:
    for path, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((path, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield path, node.module


def of_etree(call: ast.Call) -> str:
    """The name of a function of `etree`, or blank."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="etree"), attr=name):
            return name
    return ""


def is_own_text(argument: ast.expr) -> bool:
    """Text that stands in the source, with names of ours in it."""
    return isinstance(argument, ast.JoinedStr | ast.Constant)


def test_every_reader_of_xml_is_strict() -> None:
    found = [(place, call) for place, call in calls() if of_etree(call) in PARSERS]
    assert len(found) >= 3
    for place, call in found:
        given = {word.arg: getattr(word.value, "value", None) for word in call.keywords}
        assert STRICT.items() <= given.items(), place


def test_no_xml_is_read_with_the_readers_default() -> None:
    found = [
        (place, call) for place, call in calls() if of_etree(call) in ("fromstring", "parse", "XML")
    ]
    loose = [place for place, call in found if len(call.args) < 2 and not is_own_text(call.args[0])]
    assert found
    assert loose == []


@pytest.mark.parametrize("forbidden", [OTHER_READERS, LOADERS])
def test_readers_that_cannot_be_made_strict_are_not_used(forbidden: tuple[str, ...]) -> None:
    assert [found for found in imports() if found[1].startswith(forbidden)] == []


def test_nothing_that_was_sent_is_run() -> None:
    named = [
        (place, call.func.id)
        for place, call in calls()
        if isinstance(call.func, ast.Name) and call.func.id in DANGEROUS
    ]
    assert named == []


def test_shells_are_never_asked() -> None:
    for place, call in calls():
        assert not any(
            word.arg == "shell" and getattr(word.value, "value", True) for word in call.keywords
        ), place
