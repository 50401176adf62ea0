"""Secondary instances: found by an index exactly what walking through all items finds, but at once."""

from datetime import UTC, datetime, timedelta, timezone
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.formlogic.context import Context, Environment, context_at
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.syntax import parse
from surveys.formlogic.tree import Element, document_of
from surveys.formlogic.values import nodes_of, to_text

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=timezone(timedelta(hours=8)))
TEXTS = ("", "1", "1.0", "2", "x", "NaN", "2026-11-23", "2026-11-23T00:00:00.000Z", "true", "-0")
VALUES = (
    *("'1'", "1", "1.0", "''", "0", "-0", "0 div 0", "'x'", "20780", "today()", "now()", "true()"),
    *("/d/a", "/d/b", "current()", "current()/../b", "(/d/a | /d/b)[2]", "/d/nothing", "not(/d/a)"),
    *(
        "concat('', /d/a)",
        "/d/b + 1",
        "if(/d/a = 1, 'x', 1)",
        "number(/d/a)",
        "instance('i')/root/q/a",
    ),
)
EQUALITIES = tuple(
    shape.format(value)
    for value in VALUES
    for shape in ("a = {}", "{} = b", ". = {}", "@id = {}", "a/text() = {}", "* = {}")
)
OTHERS = (
    "position() > 2",
    "last() = position()",
    "b",
    "a != 1",
    "true()",
    "1",
    "a = b",
    "../q = a",
)
PREDICATES = st.lists(st.sampled_from((*EQUALITIES, *OTHERS)), min_size=1, max_size=3).map(
    " and ".join
)
AFTERS = st.sampled_from(("", "[1]", "[last()]", "/a", "[b]/b", "/..", "[position() > 1]"))
ITEMS = st.lists(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), max_size=8)


def items_of(rows: list[list[str]]) -> Element:
    container = Element("instance")
    root = container.append(Element("root"))
    for row in rows:
        item = root.append(Element("q"))
        item.attributes = {"id": row[0]}
        for name, text in zip("aab" if len(row) > 2 else "ab", row, strict=False):
            item.append(Element(name, text))
    return container


def context(container: Element, a: str = "1", b: str = "x") -> Context:
    """With the same items as a secondary instance `i`, which is fixed, and as `/instance/root`."""
    root = Element("d")
    node = root.append(Element("a", a))
    root.append(Element("b", b))
    document = document_of(root)
    document.children.append(container)
    return context_at(node, document, Environment(NOW, {"i": container}))


def found(text: str, c: Context) -> list[int]:
    return [id(node) for node in nodes_of(compile_expression(parse(text))(c))]


@given(ITEMS, PREDICATES, AFTERS, st.sampled_from(TEXTS), st.sampled_from(TEXTS))
def test_an_index_finds_what_walking_finds(
    rows: list[list[str]], predicate: str, after: str, a: str, b: str
) -> None:
    c = context(items_of(rows), a, b)
    looked_up = found(f"instance('i')/root/q[{predicate}]{after}", c)
    assert looked_up == found(f"/instance/root/q[{predicate}]{after}", c)


def test_a_number_is_looked_up_on_the_clock_of_the_interview() -> None:
    container = items_of([["2026-11-23T00:00:00.000Z"]])
    asked = compile_expression(parse("count(instance('i')/root/q[a = 20780])"))
    utc = Environment(NOW.astimezone(UTC), {"i": container})
    node = Element("d")
    assert to_text(asked(context(container))) == "0"
    assert to_text(asked(context_at(node, document_of(node), utc))) == "1"


@pytest.mark.parametrize(
    "text",
    [
        "instance('i')/root/q[a = /d/a]",
        "instance('i')/root/q[a = 123]/b",
        "instance('i')/root/q[a = current() and b = '1']",
        "pulldata('i', 'b', 'a', /d/a)",
    ],
)
def test_a_long_list_is_filtered_at_once(text: str) -> None:
    c = context(LONG, "123")
    expression = compile_expression(parse(text))
    expression(c)
    assert min(_seconds(expression, c) for _ in range(5)) < 0.005


LONG = items_of([[str(number % 5_000), str(number % 7)] for number in range(50_000)])


def _seconds(expression: object, c: Context) -> float:
    start = perf_counter()
    expression(c)  # type: ignore[operator]
    return perf_counter() - start
