"""The four kinds of space that XPath knows; Unicode's others are part of a text."""

import re

SPACES = " \t\r\n"
_WORD = re.compile(r"[^ \t\r\n]+")


def stripped(text: str) -> str:
    return text.strip(SPACES)


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)
