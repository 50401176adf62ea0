"""The words of an XForm: translations, expressions within them, media, and guidance."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from surveys.errors import gettext_noop
from surveys.formlogic.syntax import Node
from surveys.xforms.definition import Language, Text, Texts
from surveys.xforms.faults import Faults
from surveys.xforms.namespaces import XF

BLANK = "-"  # what pyxform writes where a language has no text
_REFERENCE = re.compile(r"""\s*jr:itext\(\s*(['"])(.*)\1\s*\)\s*""", re.DOTALL)
_ADDRESS = re.compile("^jr://[a-z-]+/")


@dataclass(frozen=True)
class Words:
    """What is shown of one thing: its texts by language, guidance, and media."""

    texts: dict[str, Text] = field(default_factory=dict)
    guidance: dict[str, Text] = field(default_factory=dict)
    media: dict[str, dict[str, str]] = field(default_factory=dict)


NONE = Words()


class Translations:
    """The texts of a form, by the id under which labels, hints and choices refer to them."""

    def __init__(self, model: etree._Element, faults: Faults) -> None:
        self.faults = faults
        self.nodes = model.findall(f"{XF}itext/{XF}translation")
        self._require_different_codes()

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        names = [node.get("lang", "") for node in self.nodes]
        return tuple(Language(language_code(name), name) for name in names) or (
            Language("", "default"),
        )

    @cached_property
    def default_language(self) -> str:
        for node in self.nodes:
            if node.get("default"):
                return language_code(node.get("lang", ""))
        return self.languages[0].code

    @cached_property
    def by_id(self) -> Mapping[str, Words]:
        found: dict[str, Words] = {}
        for translation in self.nodes:
            code = language_code(translation.get("lang", ""))
            for text in translation.findall(f"{XF}text"):
                words = found.setdefault(text.get("id", ""), Words())
                for value in text.findall(f"{XF}value"):
                    self._read(value, words, code, path=text.get("id", "").split(":")[0])
        return found

    @cached_property
    def media(self) -> tuple[str, ...]:
        """The names of all files that texts show, in order."""
        names = (
            name
            for words in self.by_id.values()
            for by_language in words.media.values()
            for name in by_language.values()
        )
        return tuple(dict.fromkeys(names))

    def words(self, node: etree._Element | None) -> Words:
        """What a <label> or <hint> says, itself or by reference."""
        if node is None:
            return NONE
        reference = node.get("ref")
        if reference:
            return self.referenced(reference)
        text = self.text(node, (node.getparent().get("ref") or "").strip())  # type: ignore[union-attr]
        return Words({self.default_language: text} if text else {})

    def referenced(self, reference: str) -> Words:
        """The words of `jr:itext('id')`."""
        match = _REFERENCE.fullmatch(reference)
        return self.by_id.get(match[2], NONE) if match else NONE

    def message(self, text: str | None) -> Texts:
        """A message of a bind: a reference, or plain words."""
        if not text:
            return {}
        if text.startswith("jr:itext("):
            return self.referenced(text).texts
        return {self.default_language: text}

    def text(self, node: etree._Element, path: str) -> Text:
        """The text of an element; with <output> in it, words and expressions in turn."""
        parts = self._parts(node, path)
        if any(not isinstance(part, str) for part in parts):
            return parts
        return "".join(map(str, parts))

    def _read(self, value: etree._Element, words: Words, code: str, path: str) -> None:
        form = value.get("form", "")
        text = self.text(value, path)
        if not text or text == BLANK:
            return
        if form == "guidance":
            words.guidance[code] = text
        elif form:
            words.media.setdefault(form, {})[code] = _ADDRESS.sub("", value.text or "")
        else:
            words.texts[code] = text

    def _parts(self, node: etree._Element, path: str) -> list[str | Node]:
        """Blanks around the whole are the layout of the XML."""
        words = [node.text or "", *(output.tail or "" for output in node)]
        words[0] = words[0].lstrip()
        words[-1] = words[-1].rstrip()
        parts: list[str | Node | None] = [words[0]]
        for output, after in zip(node, words[1:], strict=True):
            parts += [self.faults.expression(path, "label", output.get("value")), after]
        return [part for part in parts if part]

    def _require_different_codes(self) -> None:
        counted = Counter(language.code for language in self.languages)
        for code, count in counted.items():
            if count > 1:
                names = [name for name in self.languages if name.code == code]
                self.faults.add(
                    "",
                    gettext_noop(
                        "The languages %(names)s have the same code %(code)s. "
                        "Give each its own, as in “label::English (en)”."
                    ),
                    names=", ".join(language.name for language in names),
                    code=code,
                )


def language_code(name: str) -> str:
    """`zh` of `中文 (zh)`; a language without a code is its own."""
    match = re.search(r"\(([A-Za-z-]+)\)\s*$", name)
    return match[1] if match else ("" if name == "default" else name)
