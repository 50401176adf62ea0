"""XML of interviews: read, judged by a form, written and read again."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from random import Random

from surveys.formlogic.context import Environment
from surveys.xforms import filling
from surveys.xforms.datafiles import READERS, table_from_file
from surveys.xforms.definition import FormDef
from surveys.xforms.environments import environment_for
from surveys.xforms.evaluation import evaluate
from surveys.xforms.instance import (
    answers_of,
    files_named,
    fill,
    read_instance,
    sealed_files,
    set_meta,
    write_instance,
)
from surveys.xforms.parsing import tree_to_json
from tests.factories import form_from, rich_files, rich_form
from tests.fuzz.engines.worlds import TEXTS
from tests.fuzz.target import Target, Try

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
WORDS = (
    *("id=", "version=", "encrypted=", "yes", "instanceID", "deprecatedID", "jr:template", "meta"),
    *("<!DOCTYPE a [", "<!ENTITY x 'y'>", "&x;", "<![CDATA[", "]]>", "<?pi ?>", "<!--", "-->"),
    *("xmlns:orx=", "http://openrosa.org/xforms", "encoding='UTF-16'", "xml:space='preserve'"),
)


@cache
def world() -> tuple[FormDef, Environment]:
    """A form with everything that forms have, and what its expressions may know."""
    form = form_from(rich_form())
    tables = {
        instance: table_from_file(name, rich_files()[name]).element()
        for instance, name in form.files.items()
        if name.endswith(tuple(READERS)) and name in rich_files()
    }
    return form, environment_for(form, NOW, files=tables)


def examples() -> Sequence[bytes]:
    return [_filled(Random(seed)) for seed in range(6)]


def _filled(random: Random) -> bytes:
    """An interview with an answer to everything, such as it is."""
    form, environment = world()
    root = filling.begin(form, environment)
    for path in form.repeats:
        if path not in form.counted and path.count("/") == 2:
            filling.add(form, root, path, environment)
    fill(root, {question.path: random.choice(TEXTS) for question in form.questions})
    set_meta(root, "instanceID", f"uuid:{random.getrandbits(64)}")
    return write_instance(root)


@contextmanager
def opened() -> Iterator[Try]:
    world()
    yield tried


def tried(content: bytes) -> None:
    form, environment = world()
    root = read_instance(content).root
    evaluation = evaluate(form, root, environment)
    for told in (evaluation.answers, answers_of(root), sealed_files(root), files_named(form, root)):
        assert "\\u0000" not in json.dumps(told)
    again = read_instance(write_instance(root)).root
    assert tree_to_json(again) == tree_to_json(root)


TARGET = Target(opened, examples, WORDS, count=4_000)
