"""XForm XML becomes a FormDef; what we do not support is listed, never ignored."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.logic import Bind, Logic
from surveys.formlogic.syntax import ExpressionError, parse
from surveys.xforms.definition import Choice, FormDef, Group, Language, Question, Texts
from surveys.xforms.instance import MAX_ID
from surveys.xforms.xlsform import FormError

XF = "{http://www.w3.org/2002/xforms}"
XHTML = "{http://www.w3.org/1999/xhtml}"
JR = "{http://openrosa.org/javarosa}"

INPUT_KINDS = {
    "string": "text",
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "datetime",
}
KINDS = (*INPUT_KINDS.values(), "note", "acknowledge", "select_one", "select_multiple")
# By these names, and by a choice list named `city`, a form says what the server should know of it.
ROLES_BY_NAME = {
    "psu_id": "site",
    "site": "site",
    "site_code": "site",
    "enumerator_id": "enumerator",
    "enumerator": "enumerator",
    "city": "city",
    "consent": "consent",
}
EXPRESSIONS = ("relevant", "constraint", "calculate", "required", "readonly")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a form: a message template, its parameters, the question's path."""

    path: str
    message: str
    params: Mapping[str, object]

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class UnsupportedForm(SurveyError):
    """A form that we would not run as its author meant it; `faults` says all reasons."""

    status = 422

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            gettext_noop("The form cannot be published: %(faults)s"),
            faults="; ".join(f"{fault.path}: {fault}" for fault in faults),
        )
        self.faults = faults


def parse_xform(xml: bytes) -> FormDef:
    """The definition of an XForm made by pyxform. Raises UnsupportedForm with every fault."""
    return _Reader(etree.fromstring(xml)).form()


class _Reader:
    """One pass over an XForm; faults are gathered so that the author sees all of them."""

    def __init__(self, html: etree._Element) -> None:
        self.html = html
        self.model = one(html, f"{XHTML}head/{XF}model")
        self.body = one(html, f"{XHTML}body")
        self.faults: list[Fault] = []

    def form(self) -> FormDef:
        instance = one(self.model, f"{XF}instance/*")
        binds = tuple(self._binds())
        children = tuple(self._children(self.body))
        roles = self._roles()
        if max(len(instance.get(name, "")) for name in ("id", "version")) > MAX_ID:
            self.fault("", gettext_noop("The form's id or version is longer than 249 characters."))
        if not self.faults:
            self._check_graph(binds)
        if self.faults:
            raise UnsupportedForm(tuple(self.faults))
        return FormDef(
            form_id=instance.get("id", ""),
            version=instance.get("version", ""),
            title=self.html.findtext(f"{XHTML}head/{XHTML}title", "")[:250],
            languages=self.languages,
            default_language=self._default_language(),
            template=etree.tostring(instance, encoding="unicode", with_tail=False),
            children=children,
            binds=binds,
            preloads=self._preloads(),
            roles=roles,
        )

    def fault(self, path: str, message: str, **params: object) -> None:
        self.faults.append(Fault(path, message, params))

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        names = [t.get("lang", "") for t in self.model.findall(f"{XF}itext/{XF}translation")]
        return tuple(Language(language_code(name), name) for name in names) or (
            Language("", "default"),
        )

    def _default_language(self) -> str:
        for translation in self.model.findall(f"{XF}itext/{XF}translation"):
            if translation.get("default"):
                return language_code(translation.get("lang", ""))
        return self.languages[0].code

    @cached_property
    def itext(self) -> Mapping[str, Texts]:
        """Text id -> language code -> plain text."""
        texts: dict[str, dict[str, str]] = {}
        for translation in self.model.findall(f"{XF}itext/{XF}translation"):
            code = language_code(translation.get("lang", ""))
            for text in translation.findall(f"{XF}text"):
                for value in text.findall(f"{XF}value"):
                    self._plain_value(text, value, texts.setdefault(text.get("id", ""), {}), code)
        return texts

    def _plain_value(
        self, text: etree._Element, value: etree._Element, target: dict[str, str], code: str
    ) -> None:
        path = text.get("id", "").split(":")[0]
        if value.get("form"):
            self.fault(
                path,
                gettext_noop("%(feature)s is not supported yet."),
                feature=f"media or guidance ({value.get('form')})",
            )
        elif len(value):
            self.fault(path, gettext_noop("Answers inside a text are not supported yet."))
        else:
            target[code] = value.text or ""

    @cached_property
    def secondary(self) -> Mapping[str, tuple[Choice, ...]]:
        """Choice lists by name."""
        lists = {}
        for instance in self.model.findall(f"{XF}instance")[1:]:
            name = instance.get("id", "")
            if instance.get("src"):
                self.fault(
                    name,
                    gettext_noop("%(feature)s is not supported yet."),
                    feature=f"the external file {instance.get('src')}",
                )
            lists[name] = tuple(self._choice(item) for item in instance.iter(f"{XF}item"))
        return lists

    def _choice(self, item: etree._Element) -> Choice:
        name = item.findtext(f"{XF}name", "")
        label = item.findtext(f"{XF}label")
        if label is not None:
            return Choice(name, {self.languages[0].code: label})
        return Choice(name, self.itext.get(item.findtext(f"{XF}itextId", ""), {}))

    def _binds(self) -> Iterator[Bind]:
        for node in self.model.findall(f"{XF}bind"):
            path = node.get("nodeset", "").strip()
            expressions = {
                name: self._expression(path, name, node.get(name)) for name in EXPRESSIONS
            }
            yield Bind(path=path, type=node.get("type", "string"), **expressions)
        for action in self.model.iter(f"{XF}setvalue", "{http://www.opendatakit.org/xforms}*"):
            self.fault(
                action.get("ref", ""),
                gettext_noop("%(feature)s is not supported yet."),
                feature="trigger or dynamic default",
            )

    def _expression(self, path: str, column: str, text: str | None) -> Any:
        if text is None or not text.strip():
            return None
        try:
            return parse(text)
        except ExpressionError as error:
            self.fault(
                path,
                gettext_noop("The %(column)s expression is wrong: %(detail)s"),
                column=column,
                detail=error,
            )
            return None

    def _check_graph(self, binds: tuple[Bind, ...]) -> None:
        try:
            Logic.from_binds(binds)
        except SurveyError as error:
            self.fault("", error.message, **error.params)

    def _preloads(self) -> dict[str, str]:
        return {
            node.get("nodeset", "").strip(): (
                f"{node.get(f'{JR}preload')} {node.get(f'{JR}preloadParams', '')}".strip()
            )
            for node in self.model.findall(f"{XF}bind")
            if node.get(f"{JR}preload")
        }

    def _roles(self) -> dict[str, str]:
        """Which question names the site, the enumerator, the city and the consent."""
        roles: dict[str, str] = {}
        for path in self.bind_nodes:
            role = ROLES_BY_NAME.get(path.rsplit("/", 1)[-1])
            if role:
                roles.setdefault(role, path)
        city = self.body.find(f".//{XF}itemset[@nodeset=\"instance('city')/root/item\"]/..")
        if city is not None:
            roles.setdefault("city", city.get("ref", ""))
        return roles

    def _children(self, parent: etree._Element) -> Iterator[Question | Group]:
        for node in parent:
            tag = etree.QName(node).localname
            if tag == "group":
                yield from self._group(node)
            elif tag in ("input", "select", "select1", "trigger"):
                yield self._question(node, tag)
            elif tag not in ("label", "hint"):
                self._refuse(node, tag)

    def _refuse(self, node: etree._Element, tag: str) -> None:
        feature = {
            "repeat": "begin_repeat",
            "upload": f"a file or picture ({node.get('mediatype')})",
        }
        self.fault(
            node.get("ref") or node.get("nodeset") or "",
            gettext_noop("%(feature)s is not supported yet."),
            feature=feature.get(tag, tag),
        )

    def _group(self, node: etree._Element) -> Iterator[Group]:
        path = node.get("ref", "")
        yield Group(
            name=path.rsplit("/", 1)[-1],
            path=path,
            labels=self._texts(node.find(f"{XF}label")),
            appearance=node.get("appearance", ""),
            children=tuple(self._children(node)),
        )

    def _question(self, node: etree._Element, tag: str) -> Question:
        path = node.get("ref", "").strip()
        bind = self.bind_nodes.get(path)
        return Question(
            name=path.rsplit("/", 1)[-1],
            path=path,
            kind=self._kind(node, tag, path, bind),
            labels=self._texts(node.find(f"{XF}label")),
            hints=self._texts(node.find(f"{XF}hint")),
            required_messages=self._message(bind, "requiredMsg"),
            constraint_messages=self._message(bind, "constraintMsg"),
            appearance=node.get("appearance", ""),
            choices=self._choices(node, path) if tag in ("select", "select1") else (),
        )

    @cached_property
    def bind_nodes(self) -> Mapping[str, etree._Element]:
        return {node.get("nodeset", "").strip(): node for node in self.model.findall(f"{XF}bind")}

    def _kind(self, node: etree._Element, tag: str, path: str, bind: etree._Element | None) -> str:
        if tag != "input":
            kinds = {"select": "select_multiple", "select1": "select_one"}
            return kinds.get(tag, "acknowledge")
        type_ = bind.get("type", "string") if bind is not None else "string"
        if type_ == "string" and bind is not None and bind.get("readonly") == "true()":
            return "note"
        if type_ not in INPUT_KINDS:
            self.fault(path, gettext_noop("%(feature)s is not supported yet."), feature=type_)
        return INPUT_KINDS.get(type_, "text")

    def _choices(self, node: etree._Element, path: str) -> tuple[Choice, ...]:
        itemset = node.find(f"{XF}itemset")
        if itemset is None:
            return tuple(self._inline_choice(item) for item in node.findall(f"{XF}item"))
        match = re.fullmatch(r"instance\('([^']*)'\)/root/item", itemset.get("nodeset", ""))
        if not match:
            self.fault(
                path, gettext_noop("%(feature)s is not supported yet."), feature="choice_filter"
            )
            return ()
        return self.secondary.get(match[1], ())

    def _inline_choice(self, item: etree._Element) -> Choice:
        return Choice(item.findtext(f"{XF}value", ""), self._texts(item.find(f"{XF}label")))

    def _texts(self, node: etree._Element | None) -> Texts:
        if node is None:
            return {}
        reference = node.get("ref")
        if reference:
            return self._itext(reference)
        if len(node):
            self.fault("", gettext_noop("Answers inside a text are not supported yet."))
        return {self.languages[0].code: node.text or ""}

    def _message(self, bind: etree._Element | None, name: str) -> Texts:
        text = bind.get(f"{JR}{name}") if bind is not None else None
        if not text:
            return {}
        return self._itext(text) if text.startswith("jr:itext(") else {"": text}

    def _itext(self, reference: str) -> Texts:
        texts = self.itext.get(reference.removeprefix("jr:itext('").removesuffix("')"), {})
        return {code: text for code, text in texts.items() if text and text != "-"}


def one(node: etree._Element, path: str) -> etree._Element:
    """The element that every XForm has there. Raises FormError in one that is none."""
    found = node.find(path)
    if found is None:
        raise FormError(gettext_noop("This is not an XForm: %(path)s is missing."), path=path)
    return found


def language_code(name: str) -> str:
    """`zh` of `中文 (zh)`; a language without a code is its own."""
    match = re.search(r"\(([A-Za-z-]+)\)\s*$", name)
    return match[1] if match else ("" if name == "default" else name)
