"""The body of an XForm: groups, repeats and questions."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from surveys.formlogic.syntax import Node
from surveys.xforms.definition import Choice, Group, Itemset, Question, Texts
from surveys.xforms.faults import Faults
from surveys.xforms.itext import Translations
from surveys.xforms.kinds import CONTROLS, INPUTS, UPLOADS
from surveys.xforms.namespaces import JR, XF
from surveys.xforms.rules import path_of
from surveys.xforms.secondary import Secondary

NOT_PARAMETERS = frozenset({"ref", "appearance", "mediatype", "query"})
WITHIN_CONTROLS = frozenset({"label", "hint", "item", "itemset", "setvalue", "setgeopoint"})
CONTROL_TAGS = frozenset({"input", "upload", *CONTROLS})


SEARCH = re.compile(r"(.*\s)?search\s*\(")


@dataclass(frozen=True)
class Body:
    """What the controls of a form need to know of the rest of it.

    `filled` are the paths that have a value without being asked: by default or by an action.
    """

    binds: Mapping[str, etree._Element]
    translations: Translations
    secondary: Secondary
    filled: Collection[str]
    faults: Faults

    def children(self, parent: etree._Element) -> Iterator[Question | Group]:
        for node in parent.iterchildren(etree.Element):
            tag = etree.QName(node).localname
            if tag == "group":
                yield self.group(node)
            elif tag == "repeat":
                yield self.repeat(node)
            elif tag in CONTROL_TAGS:
                yield self.question(node, tag)
            elif tag not in WITHIN_CONTROLS:
                self.faults.refuse(path_of(node), "type", tag)

    def group(self, node: etree._Element) -> Group:
        """A group; one that is only the frame of a repeat is that repeat, with the frame's label."""
        children = tuple(self.children(node))
        path = path_of(node)
        words = self.translations.words(node.find(f"{XF}label"))
        only = children[0] if len(children) == 1 else None
        if isinstance(only, Group) and only.is_repeat and only.path == path:
            return Group(
                name=only.name,
                path=path,
                labels=words.texts,
                appearance=only.appearance or node.get("appearance", ""),
                children=only.children,
                hints=self.translations.words(node.find(f"{XF}hint")).texts,
                media=words.media,
                is_repeat=True,
                count=only.count,
            )
        return Group(
            name=path.rsplit("/", 1)[-1],
            path=path,
            labels=words.texts,
            appearance=node.get("appearance", ""),
            children=children,
            hints=self.translations.words(node.find(f"{XF}hint")).texts,
            media=words.media,
        )

    def repeat(self, node: etree._Element) -> Group:
        path = path_of(node)
        return Group(
            name=path.rsplit("/", 1)[-1],
            path=path,
            labels={},
            appearance=node.get("appearance", ""),
            children=tuple(self.children(node)),
            is_repeat=True,
            count=self.count(node, path),
        )

    def count(self, node: etree._Element, path: str) -> Node | None:
        """How many instances there are; as many as the form has where none may be added."""
        count = self.faults.expression(path, "repeat_count", node.get(f"{JR}count"))
        if count is None and node.get(f"{JR}noAddRemove", "").strip() == "true()":
            return ["num", 1.0]
        return count

    def question(self, node: etree._Element, tag: str) -> Question:
        path = path_of(node)
        bind = self.binds.get(path)
        hint = self.translations.words(node.find(f"{XF}hint"))
        label = self.translations.words(node.find(f"{XF}label"))
        choices, list_name, itemset = self.offer(node, path)
        if node.get("query"):
            self.faults.refuse(path, "type", "select_one_external")
        if SEARCH.match(node.get("appearance", "")):
            self.faults.refuse(path, "appearance", "search()")
        return Question(
            name=path.rsplit("/", 1)[-1],
            path=path,
            kind=self.kind(node, tag, path, bind),
            labels=label.texts,
            hints=hint.texts,
            guidance=hint.guidance,
            media=label.media,
            required_messages=self.message(bind, "requiredMsg"),
            constraint_messages=self.message(bind, "constraintMsg"),
            appearance=node.get("appearance", ""),
            parameters=parameters_of(node, bind),
            choices=choices,
            list_name=list_name,
            itemset=itemset,
        )

    def message(self, bind: etree._Element | None, name: str) -> Texts:
        return self.translations.message(bind.get(f"{JR}{name}") if bind is not None else None)

    def kind(self, node: etree._Element, tag: str, path: str, bind: etree._Element | None) -> str:
        if tag in CONTROLS:
            return CONTROLS[tag]
        if tag == "upload":
            return self.known(UPLOADS, node.get("mediatype", ""), path)
        type_ = bind.get("type", "string") if bind is not None else "string"
        if type_ == "string" and bind is not None and self.is_note(bind, path):
            return "note"
        return self.known(INPUTS, type_, path)

    def is_note(self, bind: etree._Element, path: str) -> bool:
        """Whether nothing is asked and nothing but the label is there to be shown."""
        is_readonly = bind.get("readonly", "").strip() == "true()"
        return is_readonly and not bind.get("calculate") and path not in self.filled

    def known(self, kinds: Mapping[str, str], name: str, path: str) -> str:
        if name not in kinds:
            self.faults.refuse(path, "type", "osm" if name == "osm/*" else name)
        return kinds.get(name, "text")

    def offer(
        self, node: etree._Element, path: str
    ) -> tuple[tuple[Choice, ...], str, Itemset | None]:
        """The choices of a select, the name of their list, and how they depend on answers."""
        itemset = node.find(f"{XF}itemset")
        if itemset is None:
            return tuple(map(self.choice, node.findall(f"{XF}item"))), "", None
        nodes = self.faults.expression(path, "choice_filter", itemset.get("nodeset"))
        value = self.part(itemset, "value", path)
        label = self.part(itemset, "label", path)
        if nodes is None or value is None or label is None:
            return (), "", None
        found = Itemset(nodes, value, label)
        name = found.instance
        if name not in self.secondary.lists:
            return (), "", found
        is_whole = nodes == whole_list(name)
        return self.secondary.lists[name], name, None if is_whole else found

    def part(self, itemset: etree._Element, name: str, path: str) -> Node | None:
        found = itemset.find(f"{XF}{name}")
        text = found.get("ref") if found is not None else None
        return self.faults.expression(path, "choice_filter", text)

    def choice(self, item: etree._Element) -> Choice:
        words = self.translations.words(item.find(f"{XF}label"))
        return Choice(item.findtext(f"{XF}value", ""), words.texts, words.media)


def parameters_of(node: etree._Element, bind: etree._Element | None) -> dict[str, str]:
    """The attributes of a control and of its bind that say how to ask, by local name."""
    found = {
        etree.QName(name).localname: str(text)
        for name, text in node.attrib.items()
        if name not in NOT_PARAMETERS
    }
    for name, text in bind.attrib.items() if bind is not None else ():
        qualified = etree.QName(name)
        if qualified.namespace and not str(name).startswith(JR):
            found[qualified.localname] = str(text)
    return found


def whole_list(name: str) -> Node:
    """The AST of `instance('name')/root/item`."""
    steps = [["child", "root", []], ["child", "item", []]]
    return ["path", ["call", "instance", [["str", name]]], steps]
