"""A sent interview that is filled in once more by whoever did it: what is kept of it, and its end."""

from collections.abc import Iterator
from dataclasses import replace

from surveys.formlogic.context import Environment
from surveys.formlogic.tree import Element
from surveys.xforms.declarations import Declaration
from surveys.xforms.definition import FormDef
from surveys.xforms.filling import adopt, conclude
from surveys.xforms.instance import elements_at, find
from surveys.xforms.parsing import tree_to_json

OF_VERSIONS = ("deprecatedID",)  # what no form has in its meta block


def reopen(form: FormDef, sent: Element) -> Element:
    """The answers of a sent interview as a page fills them in, with all that the form can ask.

    Raises InstanceError where it is none of this form. `sent` is not changed.
    """
    root = sent.copy()
    meta = root.child("meta")
    if meta is not None:
        meta.children = [one for one in meta.children if one.name not in OF_VERSIONS]
    return adopt(form, tree_to_json(root))


def conclude_again(form: FormDef, root: Element, sent: Element, environment: Environment) -> None:
    """Bring a corrected interview to its end: it took place when it did, so that the noted times stay;
    what it had created in lists is the same entry. `environment` is as at the end of the interview.
    """
    conclude(form, root, replace(environment, is_ending=True))
    for declaration in form.entities:
        if declaration.creates and "id" not in declaration.computed:
            for entity, before in _entities(form, declaration, root, sent):
                entity.attributes["id"] = before.attributes["id"]


def _entities(
    form: FormDef, declaration: Declaration, root: Element, sent: Element
) -> Iterator[tuple[Element, Element]]:
    """What is declared again, with what was declared at its place."""
    for element in elements_at(root, declaration.path.split("/")[2:]):
        before = find(sent, element.path(form.repeats))
        if before is not None and element.attributes and before.attributes.get("id"):
            yield element, before
