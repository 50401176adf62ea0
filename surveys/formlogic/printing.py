"""An AST becomes an expression again: the same one, in the usual spacing and shortest steps."""

from collections.abc import Callable, Mapping

from surveys.formlogic.syntax import LEVELS, Node
from surveys.formlogic.values import text_from_number

NEGATION = len(LEVELS)
UNION, PATH, FILTER, PRIMARY = range(NEGATION + 1, NEGATION + 5)  # each binds tighter than before
BINDING: Mapping[str, int] = {
    **{operator: level for level, operators in enumerate(LEVELS) for operator in operators},
    "neg": NEGATION,
    "|": UNION,
    "path": PATH,
    "filter": FILTER,
}
DESCENDANTS: Node = ["descendant-or-self", "node()", []]  # written `//`

Names = Callable[[Node], str]


def print_expression(node: Node, names: Names = lambda path: "") -> str:
    """The text of an AST: parsed, it gives the same AST.

    `names` may write paths in its own way, such as `${age}`; where it gives a blank, we do.
    """
    return _Printer(names).text(node, 0)


class _Printer:
    def __init__(self, names: Names) -> None:
        self.names = names

    def text(self, node: Node, least: int) -> str:
        """The text, in brackets where it binds less tightly than its place asks for."""
        kind = node[0]
        binding = BINDING.get(kind, PRIMARY)
        if kind == "path" and (name := self.names(node)):
            return name
        text = self.bare(node, kind, binding)
        return text if binding >= least and text != "/" else f"({text})"

    def bare(self, node: Node, kind: str, binding: int) -> str:
        if kind == "num":
            return text_from_number(node[1])
        if kind == "str":
            quote = '"' if "'" in node[1] else "'"
            return f"{quote}{node[1]}{quote}"
        if kind == "neg":
            return f"-{self.text(node[1], NEGATION)}"
        if kind == "call":
            return f"{node[1]}({', '.join(self.text(part, 0) for part in node[2])})"
        if kind == "filter":
            return self.text(node[1], PRIMARY) + self.predicates(node[2])
        if kind == "path":
            return self.path(node[1], node[2])
        return f"{self.text(node[1], binding)} {kind} {self.text(node[2], binding + 1)}"

    def predicates(self, predicates: list[Node]) -> str:
        return "".join(f"[{self.text(predicate, 0)}]" for predicate in predicates)

    def path(self, start: Node | str | None, steps: list[Node]) -> str:
        text = self.text(start, FILTER) if isinstance(start, list) else ""
        separator = "" if start is None else "/"
        for place, step in enumerate(steps):
            if step == DESCENDANTS and separator == "/" and place + 1 < len(steps):
                separator = "//"
                continue
            text += separator + self.step(*step)
            separator = "/"
        return text or "/"

    def step(self, axis: str, test: str, predicates: list[Node]) -> str:
        if (axis, test) == ("self", "node()"):
            name = "."
        elif (axis, test) == ("parent", "node()"):
            name = ".."
        else:
            name = {"child": "", "attribute": "@"}.get(axis, f"{axis}::") + test
        return name + self.predicates(predicates)
