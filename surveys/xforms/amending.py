"""A finished interview of which some answers are corrected, with what follows from that and no more."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from random import Random

from surveys.formlogic.context import Environment
from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef
from surveys.xforms.filling import change, conclude
from surveys.xforms.instance import find

SEED = 0  # of both trees that are compared: chance must not look like a consequence


def amend(
    form: FormDef, root: Element, answers: Mapping[str, str], environment: Environment
) -> Element:
    """The interview with answers, by place, changed and what they lead to: calculated, dropped, added.

    What would come out differently without them too (it was wrong as it was sent, or a list has
    another entry by now) stays as it is. Answers for places that are not there change nothing.
    `environment` is as at the end of the interview. The given tree is not changed.
    """
    sent, plain, amended = (_with_room(form, root) for _ in range(3))
    sources = [dict(zip(tree.iter(), sent.iter(), strict=True)) for tree in (plain, amended)]
    asked = [find(amended, place) for place in answers]
    for tree, changes in ((plain, {}), (amended, answers)):
        there = replace(environment, random=Random(SEED))  # noqa: S311 - no secret
        change(form, tree, changes, there)
        if any(find(sent, place) is None for place in changes):
            change(form, tree, changes, there)  # in instances that the other answers ask for
        conclude(form, tree, replace(there, is_ending=True))
    _keep_unaffected(sources[0], sources[1], asked)
    return amended


def _keep_unaffected(
    plain: Mapping[Element, Element],
    amended: Mapping[Element, Element],
    asked: Collection[Element | None],
) -> None:
    """Give elements that came out alike in both trees back what was sent. Both map to that."""
    twins = {source: element for element, source in plain.items()}
    for element, source in amended.items():
        twin = twins[source]
        if element.text == twin.text and element not in asked:
            element.text = source.text
        if element.attributes == twin.attributes:
            element.attributes = dict(source.attributes)


def _with_room(form: FormDef, root: Element) -> Element:
    """A copy in which every question has its element: devices leave out what did not apply."""
    copy = root.copy()
    for element, path in list(_groups(copy, f"/{copy.name}")):
        _complete(form, element, path)
    return copy


def _groups(element: Element, path: str) -> Iterator[tuple[Element, str]]:
    yield element, path
    for child in element.children:
        yield from _groups(child, f"{path}/{child.name}")


def _complete(form: FormDef, element: Element, path: str) -> None:
    """Add what the form has below an element, and what is below that; repeats are left as they are."""
    names = form.order.get(path, ())
    here = {child.name for child in element.children}
    added = [name for name in names if name not in here and f"{path}/{name}" not in form.repeats]
    for name in added:
        _complete(form, element.append(Element(name)), f"{path}/{name}")
    if added:
        places = {name: place for place, name in enumerate(names)}
        element.children.sort(key=lambda child: places.get(child.name, len(places)))
