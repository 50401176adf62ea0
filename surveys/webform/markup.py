"""Labels in XLSForm's subset of Markdown become safe HTML, or plain text; the one place for it."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html import unescape

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from surveys.formlogic.syntax import Node
from surveys.webform.tints import tint_of

# Characters of the private use area stand for what Markdown must not look into.
_OUT, _LINK, _END, _BLOCK = "\ue000", "\ue001", "\ue002", "\ue003"
_LITERAL = 0xE100  # and onwards: a character after a backslash
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_ESCAPED = re.compile(r"\\([\\*_#\[\]()<>`~+.!-])")
_ESCAPES = re.compile("[\ue100-\ue17f]")
_PLACE = re.compile(f"{_OUT}(\\d+){_END}")
_LINKED = re.compile(f"{_LINK}(\\d+){_END}")
_HREF = re.compile(r"\[([^\[\]\n]+)\]\(((?:https?://|mailto:|tel:)[^\s()\ue000]+)\)")
_STYLED = re.compile(
    r"&lt;(span|p|div)(?:\s+style\s*=\s*(?:&quot;|&#x27;)([^&]*)(?:&quot;|&#x27;))?\s*&gt;"
    r"((?:(?!&lt;\1).)*?)&lt;/\1\s*&gt;",
    re.DOTALL | re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;]+)", re.IGNORECASE)
_BREAK = re.compile(r"&lt;br\s*/?&gt;", re.IGNORECASE)
_EMPHASIS = (  # where it begins, where it ends, or can no longer end
    ("strong", re.compile(r"\*\*(?=\S)"), re.compile(r"(?<=\S)\*\*")),
    ("strong", re.compile(r"(?<!\w)__(?=\S)"), re.compile(r"(?<=\S)__(?!\w)")),
    ("em", re.compile(r"\*(?=[^\s*])"), re.compile(r"(?<=[^\s*])\*|\n")),
    ("em", re.compile(r"(?<!\w)_(?=[^\s_])"), re.compile(r"(?<=[^\s_])_(?!\w)|\n")),
)
_HEADING = re.compile(r"^[ \t]*(#{1,6})[ \t]+(.+)$\n?", re.MULTILINE)
MOST_NESTED = 20  # coloured passages within each other
_TAG = re.compile(r"<[^>]*>")
_TAGS = {"a", "br", "em", "span", "strong"}
_ATTRIBUTES = {"a": {"href", "target"}, "span": {"class"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


def html(parts: Sequence[str | Node], out: Callable[[Node], SafeString]) -> SafeString:
    """Words and expressions in turn as HTML; `out` gives the HTML of an expression's value."""
    text, nodes = _joined(parts)
    shown = _html(text).replace(_BLOCK, "")
    return mark_safe(_PLACE.sub(lambda match: out(nodes[int(match[1])]), shown))  # noqa: S308


def plain(parts: Sequence[str | Node], say: Callable[[Node], str]) -> str:
    """The same without markup, where no HTML can be: in lists, titles and alternative texts."""
    text, nodes = _joined(parts)
    return _PLACE.sub(lambda match: say(nodes[int(match[1])]), _plain(text)).strip()


def plain_parts(
    parts: Sequence[str | Node], number: Callable[[Node], int]
) -> str | list[str | int]:
    """The same for scripts: a text, or texts and the numbers of expressions in turn."""
    text, nodes = _joined(parts)
    pieces = _PLACE.split(_plain(text))
    if len(pieces) == 1:
        return pieces[0]
    return [
        number(nodes[int(piece)]) if place % 2 else piece
        for place, piece in enumerate(pieces)
        if place % 2 or piece
    ]


def _joined(parts: Sequence[str | Node]) -> tuple[str, list[Node]]:
    """One text, in which marks stand for expressions: emphasis may reach across them."""
    nodes: list[Node] = []
    words = []
    for part in parts:
        if isinstance(part, str):
            words.append(_PRIVATE.sub("", part))
            continue
        words.append(f"{_OUT}{len(nodes)}{_END}")
        nodes.append(part)
    return "".join(words).strip(), nodes


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    lines = _html(text).replace("<br>", "\n").replace(_BLOCK, "\n")
    return unescape(_TAG.sub("", lines)).strip()


@lru_cache(maxsize=8192)
def _html(text: str) -> str:
    literal = _ESCAPED.sub(lambda match: chr(_LITERAL + ord(match[1])), text.replace("\r\n", "\n"))
    links: list[str] = []
    marked = _HREF.sub(lambda match: _link(match, links), escape(literal))
    marked = _BREAK.sub("\n", _styled(marked))
    marked = _HEADING.sub(_heading, marked)
    for tag, begin, end in _EMPHASIS:
        marked = "".join(_emphasised(marked, tag, begin, end))
    marked = _LINKED.sub(lambda match: links[int(match[1])], marked).replace("\n", "<br>")
    marked = _ESCAPES.sub(lambda match: escape(chr(ord(match[0]) - _LITERAL)), marked)
    return nh3.clean(marked, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)


def _link(match: re.Match[str], links: list[str]) -> str:
    links.append(f'<a href="{match[2]}" target="_blank">')
    return f"{_LINK}{len(links) - 1}{_END}{match[1]}</a>"


def _styled(text: str) -> str:
    """Coloured passages get a class: the pages allow no style of their own."""
    for _ in range(MOST_NESTED):
        text = _STYLED.sub(_tinted, text)
    return text


def _tinted(match: re.Match[str]) -> str:
    colour = _COLOUR.search(unescape(match[2] or ""))
    tint = tint_of(colour[1]) if colour else ""
    inner = f'<span class="tint-{tint}">{match[3]}</span>' if tint else match[3]
    return inner if match[1].lower() == "span" else f"{inner}\n"


def _emphasised(text: str, tag: str, begin: re.Pattern[str], end: re.Pattern[str]) -> Iterator[str]:
    """Passages in a tag, and what is between them: in one go, however many never end."""
    at = 0
    while (opening := begin.search(text, at)) and (closing := end.search(text, opening.end() + 1)):
        yield text[at : opening.start()]
        at = closing.end()
        if closing[0] == "\n":
            yield text[opening.start() : at]
        else:
            yield f"<{tag}>{text[opening.end() : closing.start()]}</{tag}>"
    yield text[at:]


def _heading(match: re.Match[str]) -> str:
    words = match[2].strip(" \t")
    words = words.rstrip("#").rstrip(" \t") or words
    return f'<span class="heading heading-{len(match[1])}">{words}</span>{_BLOCK}'
