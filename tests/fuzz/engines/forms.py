"""Random small forms: questions, groups and repeats with rules that read each other in no circle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import escape, quoteattr

from tests.fuzz.engines.expressions import Expressions
from tests.fuzz.engines.worlds import NAMES

TYPES = ("string", "string", "int", "int", "decimal", "date")
VALUES = ("", "", "1", "2", "3", "7", "-1", "0.5", "x", "yes", "2026-11-23", "k1", "k2", "k1 k2")
ODD = (" x ", "\u3000", "1 < 2 & 3", "x\r\ny\t", "\u00851\u0085", "\ufeffx", "x\u0000", "]]>", "😀")
PRELOADS = (
    *("timestamp start", "timestamp end", "timestamp end", "date today", "uid"),
    *("property deviceid", "property username", "property phonenumber"),
)
CHANGING = ("string(now())", "string(now())", "random()", "uuid()", "uuid(9)", "string(today())")
HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms" '
    'xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>f</h:title><model>'
)
REPEATED = "/data/r"
NESTED = "/data/r/s"


@dataclass
class Node:
    """A question, a group or a repeat on its way into a form."""

    path: str
    children: "list[Node]" = field(default_factory=list)
    is_repeat: bool = False
    count: str = ""
    type: str = "string"
    rules: dict[str, str] = field(default_factory=dict)
    itemset: str = ""
    is_several: bool = False
    output: str = ""
    actions: list[str] = field(default_factory=list)  # that its control holds
    preload: str = ""
    attributes: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def leaves(self) -> "Iterator[Node]":
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def all(self) -> "Iterator[Node]":
        yield self
        for child in self.children:
            yield from child.all()


class Forms:
    """XForms drawn one after another from one seed."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.strange = Expressions(random)
        self.known: list[Node] = []  # leaves that a deciding rule may read: no circles

    def xform(self) -> str:
        self.known = []
        root = Node("/data", self._children())
        for node in root.all():
            if node is not root:
                self._decide(node)
        everything = list(root.leaves())
        for leaf in everything:
            self._judge(leaf, everything)
        actions = "".join(self._actions(root, everything))
        return self._written(root, actions)

    def _children(self) -> list[Node]:
        children = [Node(f"/data/{name}") for name in self._some(NAMES)]
        if self._chance(0.6):
            children.append(Node("/data/g", [Node(f"/data/g/{name}") for name in self._some("ab")]))
        if self._chance(0.85):
            children.append(self._repeat())
        self.random.shuffle(children)
        for at in range(self.random.choice((0, 1, 2, 3))):
            preloaded = Node(f"/data/p{at}", preload=self.random.choice(PRELOADS))
            children.insert(self.random.randint(0, len(children)), preloaded)
        children.append(Node("/data/last", output="count(instance('list')/root/item)"))
        return children

    def _repeat(self) -> Node:
        children = [Node(f"{REPEATED}/{name}") for name in self._some(NAMES)]
        if self._chance(0.3):
            children.append(Node(f"{REPEATED}/h", [Node(f"{REPEATED}/h/v")]))
        if self._chance(0.5):
            names = [Node(f"{NESTED}/{name}") for name in self._some("abn")]
            children.append(Node(NESTED, names, is_repeat=True))
        self.random.shuffle(children)
        return Node(REPEATED, children, is_repeat=True)

    def _decide(self, node: Node) -> None:
        """Rules that decide about texts read only what was decided before."""
        if node.children:
            if self._chance(0.35):
                node.rules["relevant"] = self._boolean(node.path, self.known)
            if node.is_repeat and self._chance(0.35):
                count = self._number(node.path, self.known)
                node.count = f"if({count} > 3, 3, {count})"
            return
        node.type = self.random.choice(TYPES)
        if self._chance(0.3):
            node.rules["relevant"] = self._boolean(node.path, self.known)
        if self._chance(0.1):
            node.attributes = f" kind={quoteattr(self.random.choice(ODD).strip())}".replace(
                "\x00", ""
            )
        if node.preload:
            node.type = "string"
        elif self._chance(0.35):
            node.type = self.random.choice(("string", "int", "date"))
            node.rules["calculate"] = self._calculation(node)
        elif self._chance(0.25):
            node.itemset = self._itemset(node, self.known)
            node.is_several = self._chance(0.4)
            node.type = "string"
        self.known.append(node)

    def _calculation(self, node: Node) -> str:
        if self._chance(0.1):
            return f"once({self._any(node.path, self.known)})"
        if self._chance(0.15):
            return self._changing(node)
        if REPEATED in node.path and self._chance(0.15):
            twin = f"../preceding-sibling::{node.path.split('/')[-2]}[1]/{node.name}"
            return f"coalesce({twin}, 0) + {self._number(node.path, self.known)}"
        return self._any(node.path, self.known)

    def _changing(self, node: Node) -> str:
        """What says something else each time."""
        value = self.random.choice(CHANGING)
        shapes = (
            value,
            f"concat({self._text(node.path, self.known)}, ' ', {value})",
            f"if({self._boolean(node.path, self.known)}, {value}, '')",
        )
        return self.random.choice(shapes)

    def _judge(self, leaf: Node, everything: Sequence[Node]) -> None:
        """Rules of which no other rule reads what they say, so these may read anything."""
        for rule, share in (("required", 0.25), ("constraint", 0.3), ("readonly", 0.1)):
            if self._chance(share):
                leaf.rules[rule] = self._strange() or self._boolean(leaf.path, everything)
        if self._chance(0.3) and not leaf.output:
            leaf.output = self._any(leaf.path, everything)

    def _strange(self) -> str:
        """Now and then anything at all, but no lists that the form does not have, and no `once()`,
        which reads its own question unseen: that is of use in calculations only.
        """
        text = self.strange.boolean(2) if self._chance(0.3) else ""
        return "" if any(f"{name}(" in text for name in ("instance", "once", "pulldata")) else text

    def _itemset(self, node: Node, known: Sequence[Node]) -> str:
        shapes = [
            "instance('list')/root/item",
            f"instance('list')/root/item[a = {self._text(node.path, known)}]",
            f"instance('list')/root/item[{self._number(node.path, known)} >= n]",
        ]
        repeated = [leaf for leaf in known if leaf.path.count("/") == 3 and REPEATED in leaf.path]
        if repeated and REPEATED not in node.path:
            shapes.append(f"{REPEATED}[./{repeated[0].name} != '']|{repeated[0].name}")
        shape = self.random.choice(shapes)
        if self._chance(0.2) and "|" not in shape:
            shape = f"randomize({shape}, {self._number(node.path, known)})"
        return shape

    def _actions(self, root: Node, everything: Sequence[Node]) -> Iterator[str]:
        targets = [leaf for leaf in everything if "calculate" not in leaf.rules]
        for _ in range(self.random.choice((0, 0, 1, 2, 3)) if targets else 0):
            target = self.random.choice(targets)
            value = quoteattr(self._any(target.path, everything))
            if self._chance(0.6):
                trigger = self.random.choice(everything)
                trigger.actions.append(
                    f'<setvalue event="xforms-value-changed" ref="{target.path}" value={value}/>'
                )
                continue
            event = "odk-instance-first-load"
            if REPEATED in target.path:
                event += " odk-new-repeat"
            yield f'<setvalue event="{event}" ref="{target.path}" value={value}/>'

    # Expressions as forms have them, seen from the question at a path.

    def _any(self, path: str, known: Sequence[Node]) -> str:
        return self.random.choice((self._number, self._text, self._text))(path, known)

    def _boolean(self, path: str, known: Sequence[Node]) -> str:
        number, text = self._number(path, known), self._text(path, known)
        shapes = (
            f"{number} > {self.random.choice('012')}",
            f"{text} != ''",
            f"{text} = {self.random.choice(('1', '2', repr('x'), repr('k1')))}",
            f"selected({text}, 'k1')",
            f"not({text} = 'x')",
            f"{text} = '' or {number} < 3",
        )
        return self.random.choice(shapes)

    def _number(self, path: str, known: Sequence[Node]) -> str:
        shapes = [self.random.choice("0123")]
        if known:
            text = self._text(path, known)
            shapes += [f"number({text})", f"coalesce({text}, 0)", f"string-length({text})"]
            shapes += [f"int({text}) + 1", f"if({text} = '1', 2, 3)"]
        inside = self._inside(path, known)
        if inside:
            shapes += [f"sum({inside})", f"count({inside})", f"max({inside})"]
            shapes += [f"count-non-empty({inside})", f"count({REPEATED})", f"sum({inside}[. > 1])"]
        if path.startswith(f"{REPEATED}/"):
            up = "/".join([".."] * (path.count("/") - 2))
            shapes += [f"position({up})", f"position({up}) * 2"]
        return self.random.choice(shapes)

    def _text(self, path: str, known: Sequence[Node]) -> str:
        if not known or self._chance(0.1):
            return self.random.choice(("'x'", "'1'", "'k1'", "string(today())"))
        leaf = self.random.choice(known)
        shapes = [leaf.path] * 4
        shapes += [f"concat({leaf.path}, 'x')", f"if({leaf.path} = '', 'k1', {leaf.path})"]
        if REPEATED in leaf.path and NESTED not in leaf.path:
            below = leaf.path[len(REPEATED) + 1 :]
            shapes += [
                f"{REPEATED}[{self.random.choice(('1', '2', 'last()'))}]/{below}",
                f"indexed-repeat({leaf.path}, {REPEATED}, {self.random.choice('12')})",
                f"join(' ', {leaf.path})",
            ]
            if path.startswith(f"{REPEATED}/"):
                shapes.append(f"{REPEATED}[position() = position(current()/..) - 1]/{below}")
        return self.random.choice(shapes)

    def _inside(self, path: str, known: Sequence[Node]) -> str:
        """All answers to a question in a repeat, or of the nested one in the own instance."""
        repeated = [leaf for leaf in known if REPEATED in leaf.path]
        if not repeated:
            return ""
        return self.random.choice(repeated).path

    def _some(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if self._chance(0.75)] or [names[0]]

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    # The XForm of it.

    def _meta(self, root: Node) -> tuple[str, str]:
        """The meta block and its binds."""
        prefix = self.random.choice(("", "orx:"))
        entries, binds = ["<instanceID/>"], [_meta_bind("instanceID", jr_preload="uid")]
        if self._chance(0.3):
            entries.append("<audit/>")
            binds.append(_meta_bind("audit", type="binary"))
        if self._chance(0.3):
            entries.append("<instanceName/>")
            binds.append(_meta_bind("instanceName", calculate=self._text("/data", self.known)))
        entries = [entry.replace("<", f"<{prefix}") for entry in entries]
        if not prefix and self._chance(0.6):
            entries.append('<entity dataset="things" create="1" id=""><label/></entity>')
            binds += self._entity("/data/meta/entity")
        self.random.shuffle(entries)
        return f"<{prefix}meta>{''.join(entries)}</{prefix}meta>", "".join(binds)

    def _entity(self, path: str) -> Iterator[str]:
        name = path.removeprefix("/data/meta/")
        yield _meta_bind(f"{name}/label", calculate=self._text(f"{path}/label", self.known))
        if self._chance(0.6):
            yield _meta_bind(f"{name}/@create", calculate=self._boolean(path, self.known))
        if self._chance(0.5):
            yield _meta_bind(f"{name}/@id", calculate=self._text(path, self.known))

    def _written(self, root: Node, actions: str) -> str:
        items = "".join(
            f"<item><name>k{at}</name><label>K {at}</label><a>{self.random.choice('12x')}</a>"
            f"<n>{at % 3}</n></item>"
            for at in range(1, 6)
        )
        binds = list(map(_bind, root.all()))
        if self._chance(0.3):
            self.random.shuffle(binds)  # forms need not have them in the order of the instance
        meta, meta_binds = self._meta(root)
        return (
            f'{HEAD}<instance><data id="f" version="1">'
            f"{''.join(map(_blank, root.children))}{meta}</data>"
            f'</instance><instance id="list"><root>{items}</root></instance>{"".join(binds)}'
            f"{meta_binds}{actions}</model></h:head>"
            f"<h:body>{''.join(map(_control, root.children))}</h:body></h:html>"
        )


def _blank(node: Node) -> str:
    if not node.children:
        return f"<{node.name}{node.attributes}/>"
    inside = "".join(map(_blank, node.children))
    template = f'<{node.name} jr:template="">{inside}</{node.name}>' if node.is_repeat else ""
    return f"{template}<{node.name}>{inside}</{node.name}>"


def _bind(node: Node) -> str:
    rules = "".join(f" {name}={quoteattr(text)}" for name, text in node.rules.items())
    if node.children and not rules:
        return ""
    type_ = "" if node.children else f' type="{node.type}"'
    kind, _, name = node.preload.partition(" ")
    preload = f' jr:preload="{kind}" jr:preloadParams="{name}"' if kind else ""
    return f'<bind nodeset="{node.path}"{type_}{rules}{preload}/>'


def _meta_bind(name: str, **rules: str) -> str:
    written = "".join(f" {key.replace('_', ':')}={quoteattr(text)}" for key, text in rules.items())
    return f'<bind nodeset="/data/meta/{name}"{written}/>'


def _control(node: Node) -> str:
    if node.preload:
        return ""
    inside = "".join(map(_control, node.children))
    if node.is_repeat:
        count = f" jr:count={quoteattr(node.count)}" if node.count else ""
        inside = f'<repeat nodeset="{node.path}"{count}>{inside}</repeat>'
    if node.children:
        return f'<group ref="{node.path}"><label>G</label>{inside}</group>'
    output = f"<output value={quoteattr(node.output)}/>" if node.output else ""
    head = f'ref="{node.path}"><label>{escape(node.name)} {output}</label>{"".join(node.actions)}'
    if not node.itemset:
        return f"<input {head}</input>"
    nodes, _, column = node.itemset.partition("|")
    name, label = (column, column) if column else ("name", "label")
    tag = "select" if node.is_several else "select1"
    return (
        f"<{tag} {head}<itemset nodeset={quoteattr(nodes)}>"
        f'<value ref="{name}"/><label ref="{label}"/></itemset></{tag}>'
    )
