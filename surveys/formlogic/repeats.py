"""Paths within repeats: which instance of a repeat an expression speaks of."""

from collections.abc import Iterable

from surveys.formlogic.syntax import Node

CURRENT: Node = ["call", "current", []]


def own_instance(node: Node, path: str, repeats: Iterable[str]) -> Node:
    """The expression of the question at `path`, with absolute paths into a repeat around that
    question led to the question's own instance.

    This is how the XForms specification deviates from XPath: within /data/member, the path
    /data/member/age is the age of this member. The repeat itself, as in count(/data/member), and
    paths whose author says by a predicate which instance, stay what they are. In the predicate of
    count(/data/member[/data/member/age > 17]) it is the age of the member that is being looked at.
    """
    repeats = tuple(repeats)
    around = _around(path, repeats)
    seen = _with_candidates(node, repeats)
    return _related(seen, path, around, is_inside=False) if around else seen


def _around(path: str, repeats: Iterable[str]) -> list[str]:
    return [repeat for repeat in repeats if f"{path}/".startswith(f"{repeat}/")]


def _with_candidates(node: Node, repeats: tuple[str, ...]) -> Node:
    """Predicates of absolute paths, with the paths in them led to the node that they judge."""
    node = [_with_candidates(part, repeats) if isinstance(part, list) else part for part in node]
    if node[:2] != ["path", "/"]:
        return node
    names = [test if axis == "child" else "" for axis, test, _ in node[2]]
    places = ["/".join(("", *names[: at + 1])) for at in range(len(names))]
    steps = [
        [axis, test, [_seen_from(place, inner, _around(place, repeats)) for inner in predicates]]
        for (axis, test, predicates), place in zip(node[2], places, strict=True)
    ]
    return ["path", "/", steps]


def _seen_from(place: str, node: Node, around: list[str]) -> Node:
    """An expression judging the node at `place`; predicates within it judge others."""
    if node[0] == "path":
        steps, depth = node[2], _depth_shared(node, around)
        up = [["parent", "node()", []]] * (place.count("/") - depth)
        return ["path", None, [*up, *steps[depth:]]] if depth else node
    if node[:2] == ["call", "indexed-repeat"]:
        return node
    if node[0] == "call":
        return ["call", node[1], [_seen_from(place, one, around) for one in node[2]]]
    return [_seen_from(place, one, around) if isinstance(one, list) else one for one in node]


def _related(node: Node, path: str, around: list[str], *, is_inside: bool) -> Node:
    """`is_inside`: within a predicate, where the question is `current()`."""
    kind = node[0]
    if kind == "path":
        return _related_path(node, path, around, is_inside=is_inside)
    if kind == "call":
        inner = [_related(part, path, around, is_inside=is_inside) for part in node[2]]
        return ["call", node[1], _exempted(node[1], node[2], inner, path)]
    if kind == "filter":
        base = _related(node[1], path, around, is_inside=is_inside)
        return ["filter", base, _predicates(node[2], path, around)]
    return [
        _related(part, path, around, is_inside=is_inside) if isinstance(part, list) else part
        for part in node
    ]


def _exempted(name: str, arguments: list[Node], inner: list[Node], path: str) -> list[Node]:
    """indexed-repeat says itself which instances it means; jr:choice-name takes a path as text."""
    if name == "indexed-repeat":
        numbers = range(2, len(arguments), 2)
        return [inner[at] if at in numbers else arguments[at] for at in range(len(arguments))]
    if name == "jr:choice-name" and arguments[1][0] == "str":
        return [inner[0], ["str", _absolute(arguments[1][1].strip(), path)]]
    return inner


def _absolute(text: str, path: str) -> str:
    """The path that `../a` is, seen from another one."""
    if text.startswith("/"):
        return text
    steps = path.split("/")
    for step in text.split("/"):
        steps = steps[:-1] if step == ".." else steps if step == "." else [*steps, step]
    return "/".join(steps)


def _related_path(node: Node, path: str, around: list[str], *, is_inside: bool) -> Node:
    start, steps = node[1], node[2]
    rest = [[axis, test, _predicates(inner, path, around)] for axis, test, inner in steps]
    if isinstance(start, list):
        return ["path", _related(start, path, around, is_inside=is_inside), rest]
    depth = _depth_shared(node, around)
    if not depth:
        return ["path", start, rest]
    up = [["parent", "node()", []]] * (path.count("/") - depth)
    return ["path", CURRENT if is_inside else None, [*up, *rest[depth:]]]


def _depth_shared(node: Node, around: list[str]) -> int:
    """How many steps an absolute path has in common with the innermost repeat it leads into."""
    if node[1] != "/":
        return 0
    return max((repeat.count("/") for repeat in around if _leads_into(node[2], repeat)), default=0)


def _leads_into(steps: list[Node], repeat: str) -> bool:
    """Whether a path goes through the repeat to something below, and says not which instance."""
    through = [["child", name, []] for name in repeat.split("/")[1:]]
    return len(steps) > len(through) and steps[: len(through)] == through


def _predicates(predicates: list[Node], path: str, around: list[str]) -> list[Node]:
    return [_related(predicate, path, around, is_inside=True) for predicate in predicates]
