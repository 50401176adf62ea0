"""What the live page's scripts count on: their sentences, and modules that are fetched early."""

import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.utils import translation

from surveys.webform.scripts import PHONE, RARE, live_modules, modules_of
from surveys.webform.words import words
from tests.factories import SMALL_FORM, form_from, rich_form

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
    named = live_modules(form_from(SMALL_FORM), {"regex"})
    assert "js/formlogic/evaluation.js" in named
    assert "js/offline/keeper.js" in named  # opens the draft
    assert "js/formlogic/functions/patterns.js" in named  # has the function
    assert "js/webform/main.js" not in named  # is named as the script that begins
    assert "js/webform/widgets/search.js" not in named  # is imported when a question needs it
    assert all((STATIC / name).exists() for name in named)


@pytest.mark.parametrize("part", ["repeats.js", "options.js", "recorder.js"])
def test_what_few_forms_have_comes_with_those_that_have_it(part: str) -> None:
    name = f"js/webform/{part}"
    assert name in live_modules(form_from(rich_form()), ())
    assert name not in live_modules(form_from(SMALL_FORM), ())


@pytest.mark.parametrize("module", RARE, ids=lambda module: module.__name__)
def test_functions_are_in_modules_of_the_same_name_here_and_there(module: ModuleType) -> None:
    index = (STATIC / "js" / "formlogic" / "functions" / "index.js").read_text("utf-8")
    dates = re.search(r"const DATES = (.+);", index)
    assert dates is not None
    script = f"{module.__name__.rpartition('.')[2]}.js"
    names = re.search(rf'\[(.+), \(\) => import\("./{script}"\)\]', index)
    assert names is not None
    assert set(json.loads(names[1].replace("DATES", dates[1]))) == set(module.FUNCTIONS)


def test_the_page_on_this_phone_loads_no_rules_of_forms_before_it_is_seen() -> None:
    named = modules_of(PHONE)
    assert "js/offline/database.js" in named
    assert [name for name in named if name.startswith("js/formlogic/")] == []
