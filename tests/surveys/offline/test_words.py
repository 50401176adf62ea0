"""What scripts say on the page "On this phone" is there in words, and nothing besides."""

import re
from pathlib import Path

from django.conf import settings

from surveys.offline.words import words

STATIC = Path(settings.BASE_DIR) / "static" / "js"
PAGE = ("offline/page.js", "offline/sections.js", "offline/asking.js")
SAID = re.compile(r"\bsay\(([^()]*?)[,)]")
QUOTED = re.compile(r'"([a-z_]+)"')


def scripts() -> list[str]:
    return [(STATIC / name).read_text("utf-8") for name in PAGE]


def test_every_sentence_of_the_page_is_there() -> None:
    asked = {
        key
        for text in scripts()
        for arguments in SAID.findall(text)
        for key in QUOTED.findall(arguments)
    }
    assert len(asked) > 40
    assert sorted(asked - words().keys()) == []


def test_every_sentence_is_said_somewhere() -> None:
    """In quotes somewhere, also as what an error or a trouble says; `storage_` is put together with a
    reason.
    """
    text = "".join(path.read_text("utf-8") for path in (STATIC / "offline").glob("*.js"))
    silent = {key for key in words() if f'"{key}"' not in text}
    assert {key for key in silent if not key.startswith("storage_")} == set()


def test_there_is_a_sentence_for_whatever_is_wrong_with_storage() -> None:
    text = (STATIC / "offline" / "database.js").read_text("utf-8")
    reasons = {*re.findall(r'StorageError\("(\w+)"\)', text), *re.findall(r'Error: "(\w+)"', text)}
    assert reasons >= {"none", "full", "newer", "blocked", "differs"}
    assert {f"storage_{reason}" for reason in (*reasons, "broken")} <= words().keys()
