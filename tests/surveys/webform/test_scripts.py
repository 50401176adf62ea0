"""What the live page's scripts count on: their sentences, and modules that are fetched early."""

import re
from pathlib import Path

from django.conf import settings
from django.utils import translation

from surveys.webform.scripts import first_modules
from surveys.webform.words import words

STATIC = Path(settings.BASE_DIR) / "static"
SCRIPTS = STATIC / "js" / "webform"
OFFLINE = STATIC / "js" / "offline"
SAID = re.compile(r"\bsay\(([^()]*?)[,)]")
QUOTED = re.compile(r'"([a-z_]+)"')


def test_every_sentence_that_scripts_say_is_there() -> None:
    asked = {
        key
        for path in SCRIPTS.rglob("*.js")
        for arguments in SAID.findall(path.read_text("utf-8"))
        for key in QUOTED.findall(arguments)
    }
    assert len(asked) > 50
    assert sorted(asked - words().keys()) == []


def test_every_sentence_is_said_somewhere() -> None:
    """In quotes somewhere; `type_`, `choose_` and `no_` are put together with the kind of question,
    `storage_` with a reason.
    """
    paths = [*SCRIPTS.rglob("*.js"), *OFFLINE.glob("*.js")]
    text = "".join(path.read_text("utf-8") for path in paths)
    composed = ("type_", "choose_", "_pad", "no_", "storage_")
    silent = {key for key in words() if f'"{key}"' not in text}
    assert {key for key in silent if not any(part in key for part in composed)} == set()


def test_a_pair_has_the_form_for_one_and_for_many() -> None:
    with translation.override("en"):
        assert words()["look_again"] == [
            "%(count)s answer to look at again",
            "%(count)s answers to look at again",
        ]


def test_the_modules_of_the_first_load_are_those_that_are_imported_at_once() -> None:
    named = first_modules()
    assert "js/formlogic/evaluation.js" in named
    assert "js/offline/keeper.js" in named  # opens the draft
    assert "js/webform/widgets/search.js" not in named  # is imported when a form needs it
    assert all((STATIC / name).exists() for name in named)
