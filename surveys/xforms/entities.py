"""What an interview does with entities: creates and changes, read from it or written into it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from surveys.formlogic.context import Environment
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.reading import Copy, Reading
from surveys.formlogic.tree import Element
from surveys.formlogic.values import to_text
from surveys.xforms.declarations import LABEL, Declaration
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import elements_at, relative

YES = frozenset({"1", "true"})
MOST_CHANGES = 1_000  # of one interview
LONGEST_ID = 100
MOST_VERSIONS = 2**31 - 1
NONE: Collection[str] = frozenset()


@dataclass(frozen=True)
class Change:
    """What an interview says of one entity.

    `place` is that of the `entity` element below the root. `received` are the values by property,
    with the label under `label` where there is one. The versions are as the device counts them.
    """

    place: str
    dataset: str
    uuid: str
    creates: bool
    updates: bool
    received: Mapping[str, str]
    base_version: int | None = None
    trunk_version: int | None = None
    branch_id: str = ""


def changes_in(form: FormDef, root: Element, skipped: Collection[str] = NONE) -> list[Change]:
    """What an instance of the form creates and changes, in the order of its elements.

    Questions at the `skipped` places did not apply: they leave what the entity had.
    """
    return list(islice(_changes(form, root, frozenset(skipped)), MOST_CHANGES))


def _changes(form: FormDef, root: Element, skipped: frozenset[str]) -> Iterator[Change]:
    for declaration in form.entities:
        for element in elements_at(root, declaration.path.split("/")[2:]):
            said = element.attributes
            change = Change(
                place=_place(element, form),
                dataset=declaration.dataset,
                uuid=said.get("id", "").strip(),
                creates=said.get("create", "") in YES,
                updates=said.get("update", "") in YES,
                received=_received(form, declaration, element, skipped),
                base_version=_number(said.get("baseVersion", "")),
                trunk_version=_number(said.get("trunkVersion", "")),
                branch_id=said.get("branchId", "").strip()[:LONGEST_ID],
            )
            if 0 < len(change.uuid) <= LONGEST_ID and (change.creates or change.updates):
                yield change


def _place(element: Element, form: FormDef) -> str:
    return relative(element.path(form.repeats))


def _received(
    form: FormDef, declaration: Declaration, entity: Element, skipped: frozenset[str]
) -> dict[str, str]:
    """The values that the interview has; what is not in it at all is left as it was."""
    found = {
        name: element.text
        for name, path in declaration.saves.items()
        if (element := _nearest(entity, declaration, path)) is not None
        and _place(element, form) not in skipped
    }
    label = entity.child(LABEL)
    return {**found, LABEL: label.text} if label is not None and label.text else found


def _nearest(entity: Element, declaration: Declaration, path: str) -> Element | None:
    """The question at a path, in the same instance of a repeat as the entity."""
    top = (
        entity.parent and entity.parent.parent
    )  # the entity stands in meta/entity of what has both
    below = path.removeprefix(declaration.container).split("/")[1:]
    return next(iter(elements_at(top, below)), None) if top else None


def _number(text: str) -> int | None:
    number = text.strip().partition(".")[0]
    return int(number) if number.isdecimal() and int(number) <= MOST_VERSIONS else None


def declare(form: FormDef, root: Element, environment: Environment) -> None:
    """Write into an interview of our own pages what it creates and changes, as devices do.

    What does not apply declares nothing.
    """
    if not form.entities:
        return
    reading = form.logic.read(root, environment)
    for declaration in form.entities:
        for copy in reading.by_path.get(declaration.path, ()):
            if copy.original is not None:
                said = _attributes(declaration, copy, reading) if copy.applies else {}
                copy.original.attributes = said


def _attributes(declaration: Declaration, copy: Copy, reading: Reading) -> dict[str, str]:
    found = dict(declaration.constants)
    for name, node in declaration.computed.items():
        asking = Element(f"@{name}")
        asking.parent = copy
        found[name] = to_text(compile_expression(node)(reading.context(asking)))
    if declaration.creates and not found.get("id"):
        number = reading.environment.random.getrandbits(128)
        found["id"] = str(UUID(int=number, version=4))
    return found
