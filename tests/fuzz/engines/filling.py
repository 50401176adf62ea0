"""Random interviews led through both graphs of a form, and where these differ."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from surveys.formlogic.context import Environment
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.reading import Copy, Reading
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.formlogic.values import to_boolean, to_text
from surveys.webform.definition import page_definition
from surveys.xforms import filling
from surveys.xforms.definition import FormDef, without_places
from surveys.xforms.evaluation import check
from surveys.xforms.fitting import choices_at
from surveys.xforms.instance import files_named, write_instance
from surveys.xforms.parsing import tree_to_json
from surveys.xforms.xform import read_xform
from tests.formcases import DRAWN, END, NOW, ended, take, world
from tests.fuzz.engines.forms import ODD, VALUES, Forms

METADATA = {"deviceid": " phone\u0001 ", "username": "ann"}
RUNNER = Path(__file__).with_name("filling.mjs")
STEPS = 12
MAX_INSTANCES = 4
BATCH = 200  # interviews that are held in memory
SHOWN = 3
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Interview:
    """A form, what was done with it, and what was to be seen after each step."""

    xform: str
    definition: Json
    known: dict[str, str]
    steps: list[Json]
    seen: list[Json]
    end: Json


@dataclass(frozen=True)
class Difference:
    """Where an interview went apart: after which step, and what is not the same."""

    interview: Interview
    step: int
    python: Json
    javascript: Json

    @property
    def steps(self) -> list[Json]:
        return self.interview.steps[: self.step + 1]


def differences(seed: int, count: int) -> list[Difference]:
    found: list[Difference] = []
    for start in range(0, count, BATCH):
        places = range(start, min(start + BATCH, count))
        interviews = [make_interview(Random(f"{seed} {at}")) for at in places]
        for interview, seen in zip(interviews, _filled_by_page(interviews), strict=True):
            found += _first_difference(interview, seen)
    return found


def lines_of(found: Sequence[Difference]) -> Iterator[str]:
    """The first interviews that went apart, with all it takes to lead them again."""
    for difference in found[:SHOWN]:
        yield from ("", difference.interview.xform.replace("><", ">\n<"))
        yield from map(json.dumps, (difference.interview.known, *difference.steps))
        for part, theirs in difference.javascript.items():
            ours = json.dumps(difference.python[part], ensure_ascii=False)
            yield f"  {part}: {ours} in python, {json.dumps(theirs, ensure_ascii=False)} in javascript"


def _first_difference(interview: Interview, seen: list[Json]) -> Iterator[Difference]:
    expected = [*interview.seen, interview.end]
    for step, (ours, theirs) in enumerate(zip(expected, seen, strict=True)):
        parts = [part for part in theirs if ours.get(part) != theirs[part]]
        if parts:
            python = {part: ours.get(part) for part in parts}
            yield Difference(interview, step, python, {part: theirs[part] for part in parts})
            return


def _filled_by_page(interviews: list[Interview]) -> list[list[Json]]:
    node = shutil.which("node") or "node"
    constant = {"now": NOW, "end": END, "drawn": DRAWN, "metadata": METADATA}
    asked = [
        {"definition": one.definition, "known": one.known, "steps": one.steps, **constant}
        for one in interviews
    ]
    done = subprocess.run(
        [node, str(RUNNER)], input=json.dumps(asked).encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def make_interview(random: Random, steps: int = STEPS) -> Interview:
    xform, form = _form(Forms(random))
    definition = page_definition(form, form.default_language, {})
    environment = world(form, NOW, {})
    known = _known(random, form)
    root = filling.begin(form, environment, METADATA, known)
    taken: list[Json] = [{}]
    seen = [_seen(form, root, environment, definition)]
    for _ in range(steps):
        taken.append(_step(random, form, root))
        take(taken[-1], form, root, environment)
        seen.append(_seen(form, root, environment, definition))
    return Interview(xform, definition, known, taken, seen, _end(form, root))


def _known(random: Random, form: FormDef) -> dict[str, str]:
    """Answers that are there before the first question."""
    takes = [path for path in form.by_path if not _is_volatile(path, form)]
    paths = random.sample(takes, k=min(len(takes), random.choice((0, 0, 1, 2))))
    return {path: random.choice((*VALUES, *ODD)) for path in paths}


def _end(form: FormDef, root: Element) -> Json:
    """What is sent of an interview, and what is wrong with it then."""
    environment = world(form, END, {})
    root = ended(form, root, environment)
    problems = check(form, root, environment).problems
    return {
        "xml": write_instance(root).decode(),
        "files": files_named(form, root),
        "problems": dict(sorted((one.path, one.kind) for one in problems)),
    }


def _form(forms: Forms) -> tuple[str, FormDef]:
    """The next form without a fault."""
    while True:
        xform = forms.xform()
        form, faults = read_xform(xform.encode())
        if not faults:
            return xform, form


def _step(random: Random, form: FormDef, root: Element) -> Json:
    """Something that the interviewer might do now."""
    leaves = [one for one in root.iter() if not one.children and _takes_text(one, form)]
    open_repeats = form.repeats.keys() - form.counted
    instances = [one for one in root.iter() if without_places(_place(one, form)) in open_repeats]
    if instances and random.random() < 0.1:
        return {"remove": _place(random.choice(instances), form)}
    if open_repeats and random.random() < 0.15:
        path = random.choice(sorted(open_repeats))
        above, _, name = path.rpartition("/")
        parents = [one for one in root.iter() if without_places(_place(one, form)) == above]
        parents = [one for one in parents if _number_of(one, name) < MAX_INSTANCES]
        if parents:
            return {"add": f"{_place(random.choice(parents), form)}/{name}"}
    return {
        "set": [
            _place(random.choice(leaves), form),
            random.choice(VALUES if random.random() < 0.9 else ODD),
        ]
    }


def _takes_text(leaf: Element, form: FormDef) -> bool:
    """What says something else each time keeps what was entered for longer here than in pages."""
    return leaf.name != "instanceID" and not _is_volatile(without_places(_place(leaf, form)), form)


def _is_volatile(path: str, form: FormDef) -> bool:
    rules = next((rules for rules in form.logic.rules if rules.path == path), None)
    return rules is not None and rules.is_volatile


def _number_of(parent: Element, name: str) -> int:
    return sum(child.name == name for child in parent.children)


def _place(element: Element, form: FormDef) -> str:
    return element.path(form.repeats)


def _seen(form: FormDef, root: Element, environment: Environment, definition: Json) -> Json:
    """All that can be seen of an interview, as filling.mjs says it of its own."""
    reading = form.logic.read(root, environment)
    outcome = check(form, root, environment)
    problems = {one.path: one.kind for one in outcome.problems if one.kind != "irrelevant"}
    return {
        "tree": tree_to_json(root),
        "irrelevant": sorted(outcome.skipped),
        "problems": dict(sorted(problems.items())),
        "readonly": sorted(_readonly(form, reading)),
        "choices": dict(_choices(form, reading)),
        "outputs": dict(_outputs(reading, definition)),
    }


def _readonly(form: FormDef, reading: Reading) -> Iterator[str]:
    for rules in form.logic.rules:
        for copy in reading.by_path.get(rules.path, ()):
            if (
                copy.applies
                and rules.readonly
                and to_boolean(rules.readonly(reading.context(copy)))
            ):
                yield copy.place


def _choices(form: FormDef, reading: Reading) -> Iterator[tuple[str, list[list[str]]]]:
    for question in form.questions:
        for copy in reading.by_path.get(question.path, ()):
            if question.itemset and copy.applies:
                choices = choices_at(question, copy, reading)
                texts = [
                    [one.name, form.text(one.labels, form.default_language)] for one in choices
                ]
                yield copy.place, texts


def _outputs(reading: Reading, definition: Json) -> Iterator[tuple[str, str]]:
    for path, question in definition["questions"].items():
        numbers = [part for part in question["label"] if isinstance(part, int)]
        for number in numbers:
            for copy in reading.by_path.get(path, ()):
                if copy.applies:
                    yield (
                        f"{number}@{copy.place}",
                        _said(definition["outputs"][number], copy, reading),
                    )


def _said(node: Node, copy: Copy, reading: Reading) -> str:
    return to_text(compile_expression(node)(reading.context(copy)))
