"""Which question or group of a newer form is which of an older one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from surveys.xforms.definition import FormDef, Group, Question

Item: TypeAlias = Question | Group


def items_of(form: FormDef) -> Iterator[Item]:
    """Groups and questions in order, groups before what is in them."""
    waiting: list[Item] = list(form.children)
    while waiting:
        item = waiting.pop(0)
        yield item
        if isinstance(item, Group):
            waiting = [*item.children, *waiting]


def kind_of(item: Item) -> str:
    if isinstance(item, Question):
        return item.kind
    return "repeat" if item.is_repeat else "group"


@dataclass(frozen=True)
class Pairs:
    """The items of two versions, and which belong together."""

    old: FormDef
    new: FormDef

    @cached_property
    def before(self) -> Mapping[str, Item]:
        return {item.path: item for item in items_of(self.old)}

    @cached_property
    def after(self) -> Mapping[str, Item]:
        return {item.path: item for item in items_of(self.new)}

    @cached_property
    def new_paths(self) -> Mapping[str, str]:
        """Older path -> newer path: the same, else that of the same name, else of the same words."""
        found: dict[str, str] = {}
        for is_same in (_has_same_path, _has_same_name, _has_same_words):
            found |= self._twins(found, is_same)
        return {path: found[path] for path in self.before if path in found}

    def _twins(
        self, found: Mapping[str, str], is_same: Callable[[Item, Item], bool]
    ) -> dict[str, str]:
        """Pairs among those not found yet, where there is no doubt who is meant."""
        taken = set(found.values())
        gone = [item for path, item in self.before.items() if path not in found]
        come = [item for path, item in self.after.items() if path not in taken]
        twins: dict[str, str] = {}
        for item in gone:
            same = [other for other in come if is_same(item, other)]
            rivals = [other for other in gone if same and is_same(other, same[0])]
            if len(same) == len(rivals) == 1:
                twins[item.path] = same[0].path
        return twins

    @cached_property
    def matched(self) -> tuple[tuple[Item, Item], ...]:
        return tuple((self.before[old], self.after[new]) for old, new in self.new_paths.items())

    @cached_property
    def removed(self) -> tuple[Item, ...]:
        return tuple(i for path, i in self.before.items() if path not in self.new_paths)

    @cached_property
    def added(self) -> tuple[Item, ...]:
        known = set(self.new_paths.values())
        return tuple(item for path, item in self.after.items() if path not in known)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The newer paths in order, each older one that is gone behind what it followed."""
        order = list(self.after)
        last = ""
        for path in self.before:
            if path not in self.new_paths:
                order.insert(order.index(last) + 1 if last else 0, path)
            last = self.new_paths.get(path, path)
        return tuple(order)


def _has_same_path(before: Item, after: Item) -> bool:
    return before.path == after.path and isinstance(before, Group) == isinstance(after, Group)


def _has_same_name(before: Item, after: Item) -> bool:
    return before.name == after.name and isinstance(before, Group) == isinstance(after, Group)


def _has_same_words(before: Item, after: Item) -> bool:
    shared = before.labels.keys() & after.labels.keys()
    return (
        kind_of(before) == kind_of(after)
        and bool(shared)
        and all(before.labels[code] == after.labels[code] for code in shared)
    )
