"""What is printed is read back as the same AST."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.formlogic.printing import print_expression
from surveys.formlogic.syntax import ExpressionError, Node, parse

CASES = sorted(Path("tests/cases/formlogic").glob("*.json"))


def expressions() -> list[str]:
    """All expressions of the shared cases that can be parsed."""
    found = []
    for path in CASES:
        document = json.loads(path.read_text("utf-8"))
        for case in document["cases"] if isinstance(document, dict) else ():
            text = case[0]
            try:
                parse(text)
            except ExpressionError:
                continue
            found.append(text)
    return found


def test_the_shared_cases_survive_being_printed() -> None:
    texts = expressions()
    assert len(texts) > 300
    for text in texts:
        assert parse(print_expression(parse(text))) == parse(text), text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)-4", "1 - (2 - 3) - 4"),
        ("- - 1", "--1"),
        ("-(1+2)", "-(1 + 2)"),
        ("a or b and c", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("a=b=c", "a = b = c"),
        ("a=(b=c)", "a = (b = c)"),
        ("/", "(/)"),
        ("(/) * 3", "(/) * 3"),
        ("//a//b", "//a//b"),
        ("a/descendant-or-self::node()", "a/descendant-or-self::node()"),
        ("descendant-or-self::node()/a", "descendant-or-self::node()/a"),
        ("(a|b)/c", "(a | b)/c"),
        ("(a)[1]", "(a)[1]"),
        ("a[1][2]", "a[1][2]"),
        ("((a)[1])[2]", "((a)[1])[2]"),
        ("instance('x')/root/item[n = current()/../m]/@id", None),
        ("./..", "./.."),
        ("-(a|b)", "-a | b"),
        ("'it' != \"it's\"", "'it' != \"it's\""),
        ("0.1 + 1e3", None),
        ("100000000000000000000000", "100000000000000000000000"),
        ("self::a/child::text()", "self::a/text()"),
    ],
)
def test_an_expression_is_printed_with_brackets_where_needed(
    text: str, printed: str | None
) -> None:
    try:
        node = parse(text)
    except ExpressionError:
        pytest.skip("no expression here")
    shown = print_expression(node)
    assert parse(shown) == node
    if printed is not None:
        assert shown == printed


def test_paths_can_be_written_as_their_author_did() -> None:
    node = parse(" /data/age  > 17 and selected( /data/a , 'x')")
    names = {"age": "${age}"}
    shown = print_expression(node, lambda path: names.get(path[2][-1][1], ""))
    assert shown == "${age} > 17 and selected(/data/a, 'x')"


LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.floats(0, 1e30).map(lambda number: ["num", number]),
    st.sampled_from(["", "a", "it's", 'say "x"', "${"]).map(lambda text: ["str", text]),
    st.sampled_from(["a", "..", ".", "//a", "/a/b", "@x", "*", "and", "div", "a//b", "/"]).map(
        parse
    ),
)


def grown(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    operators = ["or", "and", "=", "!=", "<", ">=", "+", "-", "*", "div", "mod", "|"]
    steps = st.lists(
        st.tuples(
            st.sampled_from(["child", "parent", "descendant-or-self", "attribute", "following"]),
            st.sampled_from(["node()", "a", "*", "p:*"]),
            st.lists(children, max_size=1),
        ).map(list),
        min_size=1,
        max_size=3,
    )
    return st.one_of(
        st.tuples(st.sampled_from(operators), children, children).map(list),
        children.map(lambda node: ["neg", node]),
        st.lists(children, max_size=3).map(lambda nodes: ["call", "concat", nodes]),
        st.tuples(children, st.lists(children, min_size=1, max_size=2)).map(
            lambda pair: ["filter", *pair]
        ),
        st.tuples(st.one_of(st.none(), st.just("/"), children), steps).map(
            lambda pair: ["path", *pair]
        ),
    )


@given(st.recursive(LEAVES, grown, max_leaves=12))
def test_any_tree_survives_being_printed(node: Node) -> None:
    assert parse(print_expression(node)) == node
