"""An interview as it is filled in: begun, answered, its repeats added to, brought to its end."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from surveys.errors import gettext_noop
from surveys.formlogic.answers import written
from surveys.formlogic.context import Environment
from surveys.formlogic.reading import Copy, Reading
from surveys.formlogic.rules import Setting
from surveys.formlogic.tree import Element
from surveys.xforms.definition import Choice, FormDef, Question, without_places
from surveys.xforms.entities import declare
from surveys.xforms.fitting import choices_at, still_offered
from surveys.xforms.instance import blank_instance, elements_at, fill, find, without_controls
from surveys.xforms.parsing import MAX_ELEMENTS, InstanceError, Tree, tree_from_json, tree_to_json

ROUNDS = 50  # counts, calculations and choices depend on each other; forms need two or three
NOTHING: Mapping[str, str] = {}


def begin(
    form: FormDef,
    environment: Environment,
    metadata: Mapping[str, str] = NOTHING,
    known: Mapping[str, str] = NOTHING,
) -> Element:
    """A new interview: metadata, defaults, counts and calculations are in it.

    `metadata` are values by the name of the property, such as `deviceid` or `username`; `known`
    are answers by place, which dynamic defaults leave alone.
    """
    root = blank_instance(form)
    for path, preload in form.preloads.items():
        text = _preloaded(preload, metadata, environment)
        for element in elements_at(root, path.split("/")[2:]) if text else ():
            element.text = without_controls(text)
    fill(root, known)
    reading = form.logic.recalculate(root, environment)
    defaults = [one for one in form.logic.settings.get("first-load", ()) if one.path not in known]
    for setting in defaults:
        _set(setting, elements_at(root, setting.path.split("/")[2:]), reading)
    settle(form, root, environment, [setting.path for setting in defaults])
    return root


def _preloaded(preload: str, metadata: Mapping[str, str], environment: Environment) -> str:
    kind, _, name = preload.partition(" ")
    if preload == "timestamp start":
        return moment_text(environment.now)
    if kind == "date":
        return environment.now.date().isoformat()
    if kind == "uid":
        return f"uuid:{UUID(int=environment.random.getrandbits(128), version=4)}"
    return metadata.get(name, "") if kind == "property" else ""


def moment_text(moment: datetime) -> str:
    """A moment as instances hold it."""
    return moment.isoformat(timespec="milliseconds")


def change(
    form: FormDef, root: Element, answers: Mapping[str, str], environment: Environment
) -> None:
    """Set answers by place, one after the other, and what they trigger, and settle.

    A triggered value stands unless the same answers go on to change it.
    """
    changed: set[str] = set()
    for place, typed in answers.items():
        element, text = find(root, place), without_controls(typed)
        if element is None or element.children or element.text == text:
            continue
        element.text = text
        changed.add(without_places(place))
        if without_places(place) in form.logic.settings:
            settle(form, root, environment, changed)
            _trigger(form, root, element, environment, set())
    settle(form, root, environment, changed)


def add(form: FormDef, root: Element, repeat_place: str, environment: Environment) -> str:
    """One more instance of a repeat at its end, such as of `/data/member[1]/job`; its place."""
    path = without_places(repeat_place)
    parent = find(root, repeat_place.rpartition("/")[0])
    if parent is None or path not in form.repeats or path in form.counted:
        raise InstanceError(gettext_noop("Nothing can be added there."))
    instance = append(form, parent, path)
    _begin_instances(form, root, [instance], environment)
    settle(form, root, environment, [path])
    return instance.path(form.repeats)


def remove(form: FormDef, root: Element, place: str, environment: Environment) -> None:
    """Take an instance of a repeat out, with all that is answered in it."""
    path = without_places(place)
    instance = find(root, place)
    if (
        instance is None
        or instance.parent is None
        or path not in form.repeats
        or path in form.counted
    ):
        raise InstanceError(gettext_noop("Nothing can be removed there."))
    instance.parent.children.remove(instance)
    settle(form, root, environment, [path])


def settle(
    form: FormDef, root: Element, environment: Environment, changed: Iterable[str] = ()
) -> None:
    """Calculate, blank choices that are not offered any more, and add what counts ask for, until
    nothing changes. `changed` are paths whose answers are new.
    """
    touched = set(changed)
    for _ in range(ROUNDS):
        reading = form.logic.recalculate(root, environment, touched)
        touched = _clear(form, reading) or _grow(form, root, reading)
        if not touched:
            return


def complete(form: FormDef, root: Element, environment: Environment) -> None:
    """Bring an interview to its end: the end is noted, and what does not apply is dropped."""
    environment = replace(environment, is_ending=True)
    for path, preload in form.preloads.items():
        if preload == "timestamp end":
            for element in elements_at(root, path.split("/")[2:]):
                element.text = moment_text(environment.now)
    conclude(form, root, environment)


def conclude(form: FormDef, root: Element, environment: Environment) -> None:
    """Settle an interview that is over, drop what does not apply, and declare its entities."""
    left: Tree | None = None
    for _ in range(ROUNDS):
        settle(form, root, environment)
        is_changed, before = _drop(form.logic.read(root, environment)), left
        left = tree_to_json(root)
        if not is_changed or left == before:  # counts ask again for instances that do not apply
            break
    declare(form, root, environment)


def _drop(reading: Reading) -> bool:
    """Blank what does not apply, and take out instances that do not; whether there was any."""
    is_changed = False
    for copy in list(reading.copies()):
        original = copy.original
        if copy.applies or original is None or (original.children and not copy.absent):
            continue
        if copy.absent and original.parent is not None:
            original.parent.children.remove(original)
            is_changed = True
        elif original.text:
            original.text = ""
            is_changed = True
    return is_changed


def offered(
    form: FormDef, question: Question, element: Element, environment: Environment
) -> list[Choice]:
    """What a select offers at one of its elements."""
    root = element
    while root.parent is not None:
        root = root.parent
    reading = form.logic.read(root, environment)
    copies = reading.by_path.get(question.path, ())
    copy = next((copy for copy in copies if copy.original is element), None)
    return choices_at(question, copy, reading) if copy else []


def adopt(form: FormDef, tree: object) -> Element:
    """The instance that a page holds as JSON, whole and in the order of the form.

    Raises InstanceError where it is none of this form: names that the form does not have, or more
    instances than one of what is no repeat.
    """
    root = tree_from_json(tree)
    if root.name != form.blank.name:
        raise InstanceError(gettext_noop("This is no interview of this form."))
    _arrange(form, root, f"/{root.name}")
    return root


def _arrange(form: FormDef, element: Element, path: str) -> None:
    names = form.order.get(path, ())
    places = {name: place for place, name in enumerate(names)}
    once = [child.name for child in element.children if f"{path}/{child.name}" not in form.repeats]
    if len(set(once)) < len(once) or not places.keys() >= {c.name for c in element.children}:
        raise InstanceError(gettext_noop("This is no interview of this form."))
    element.attributes = dict(form.attributes.get(path, {}))
    element.text = "" if names else without_controls(element.text)
    for name in places.keys() - set(once):
        if f"{path}/{name}" not in form.repeats:  # what is left out is blank, and can be answered
            element.append(Element(name))
    element.children.sort(key=lambda child: places[child.name])
    for child in element.children:
        _arrange(form, child, f"{path}/{child.name}")


def _grow(form: FormDef, root: Element, reading: Reading) -> set[str]:
    """Add the instances that counts ask for; the paths of the repeats that grew."""
    added = [
        append(form, lack.parent, lack.path) for lack in reading.lacks for _ in range(lack.number)
    ]
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise InstanceError(gettext_noop("The interview's XML is too deep or too large."))
    if added:
        _begin_instances(form, root, added, reading.environment)
    return {lack.path for lack in reading.lacks}


def append(form: FormDef, parent: Element, path: str) -> Element:
    """A blank instance after the others, or where the form has the first one."""
    instance = form.templates[path].copy()
    above, _, name = path.rpartition("/")
    names = form.order.get(above, ())
    after = names[names.index(name) + 1 :] if name in names else ()
    siblings = enumerate(parent.children)
    at = next((place for place, child in siblings if child.name in after), len(parent.children))
    instance.parent = parent
    parent.children.insert(at, instance)
    return instance


def _begin_instances(
    form: FormDef, root: Element, instances: Iterable[Element], environment: Environment
) -> None:
    """Fire the actions of new instances, and of those within them."""
    settings = form.logic.settings.get("new-repeat", ())
    if not settings:
        return
    new = {element for instance in instances for element in instance.iter()}
    reading = form.logic.recalculate(root, environment)
    for setting in settings:
        _set(setting, new, reading)


def _set(setting: Setting, targets: Collection[Element], reading: Reading) -> list[Element]:
    """Give targets their values; those that really changed."""
    changed = []
    for copy in reading.by_path.get(setting.path, ()):
        original = copy.original
        if original is None or original not in targets:
            continue
        text = _value(setting, copy, reading)
        if original.text != text:
            original.text = text
            copy.text = text if copy.applies else ""
            changed.append(original)
    return changed


def _value(setting: Setting, copy: Copy, reading: Reading) -> str:
    if setting.value is None:
        return ""
    context = reading.context(copy)
    return without_controls(written(setting.value(context), setting.type, context.zone))


def _trigger(
    form: FormDef,
    root: Element,
    trigger: Element,
    environment: Environment,
    fired: set[tuple[Setting, Element]],
) -> None:
    """Fire the actions of a question that was answered anew, and those of what they change.

    Each action sets each target once, so that circles come to an end.
    """
    for setting in form.logic.settings.get(_bare(trigger), ()):
        targets = [
            target for target in _targets(trigger, setting.path) if (setting, target) not in fired
        ]
        fired.update((setting, target) for target in targets)
        reading = form.logic.recalculate(root, environment)
        for target in _set(setting, targets, reading):
            settle(form, root, environment, [setting.path])
            _trigger(form, root, target, environment, fired)


def _targets(trigger: Element, path: str) -> list[Element]:
    """The elements at a path in the instances that trigger and target have in common."""
    names = path.split("/")[1:]
    line = [trigger, *_ancestors(trigger)][::-1]
    shared = 1
    while shared < min(len(line), len(names)) and line[shared].name == names[shared]:
        shared += 1
    return elements_at(line[shared - 1], names[shared:])


def _ancestors(element: Element) -> Iterator[Element]:
    while element.parent is not None:
        element = element.parent
        yield element


def _bare(element: Element) -> str:
    names = [element.name, *(above.name for above in _ancestors(element))]
    return "/" + "/".join(reversed(names))


def _clear(form: FormDef, reading: Reading) -> set[str]:
    """Blank the choices that are not offered any more, of the first question that has such: others
    may depend on it. The path of that question.
    """
    for question in form.questions:
        if question.itemset is None or not question.is_select:
            continue
        is_cleared = False
        for copy in reading.by_path.get(question.path, ()):
            if copy.original is None or not copy.applies or not copy.text:
                continue
            kept = still_offered(question, copy, reading)
            if kept != copy.text:
                copy.text = copy.original.text = kept
                is_cleared = True
        if is_cleared:
            return {question.path}
    return set()
