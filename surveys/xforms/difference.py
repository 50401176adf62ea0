"""What is another in a newer version of a form, in words, and which answers that puts at risk."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.errors import gettext_noop
from surveys.formlogic.logic import Bind
from surveys.formlogic.syntax import Node
from surveys.xforms.definition import DIRECT, Choice, FormDef, Group, Question, Texts
from surveys.xforms.pairing import Item, Pairs, kind_of
from surveys.xforms.parsing import tree_from_xml
from surveys.xforms.writing import Writer

RISK = "risk"  # answers of the older version no longer fit, or stand apart from the newer ones
CHANGE = "change"  # interviews go another way
WORDS = "words"  # only what people read


@dataclass(frozen=True)
class Change:
    """One difference. `message` is a template as in `SurveyError`, filled by `params`.

    `path` is in the newer form; of what was removed, in the older one. `before` and `after` are
    the texts or expressions that changed; `language` is the code of the language of such texts.
    """

    severity: str
    code: str
    path: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    language: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def compare(old: FormDef, new: FormDef) -> tuple[Change, ...]:
    """Everything that differs between two versions of a form, in the order of the newer one."""
    pairs = Pairs(old, new)
    older, newer = Writer(old, pairs.new_paths), Writer(new)
    changes = [*_of_form(old, new), *_removed(pairs), *_added(pairs), *_moved(pairs)]
    for before, after in pairs.matched:
        changes += [*_of_item(before, after), *_of_texts(older, newer, before, after)]
    changes += [*_of_choices(pairs), *_of_rules(pairs, older, newer)]
    changes += _of_identifiers(pairs, old, new)
    places = {path: place for place, path in enumerate(("", *pairs.order))}
    return tuple(sorted(changes, key=lambda change: places.get(change.path, len(places))))


def _of_form(old: FormDef, new: FormDef) -> Iterator[Change]:
    before = {language.code: language.name for language in old.languages}
    after = {language.code: language.name for language in new.languages}
    for code in before.keys() - after.keys():
        message = gettext_noop("The language %(language)s is gone.")
        yield Change(CHANGE, "language-removed", "", message, {"language": before[code] or "—"})
    for code in after.keys() - before.keys():
        message = gettext_noop("The language %(language)s is new.")
        yield Change(WORDS, "language-added", "", message, {"language": after[code] or "—"})
    if old.title != new.title:
        message = gettext_noop("The form has another title.")
        yield Change(WORDS, "title", "", message, before=old.title, after=new.title)


def _removed(pairs: Pairs) -> Iterator[Change]:
    for item in pairs.removed:
        if isinstance(item, Group):
            message = gettext_noop("The group `%(name)s` is gone.")
            yield Change(CHANGE, "group-removed", item.path, message, {"name": item.name})
        elif not item.takes_answer:
            message = gettext_noop("The note `%(name)s` is gone.")
            yield Change(WORDS, "note-removed", item.path, message, {"name": item.name})
        else:
            message = gettext_noop(
                "The question `%(name)s` is gone. Its answers so far stay in a column of their own."
            )
            yield Change(RISK, "question-removed", item.path, message, {"name": item.name})


def _added(pairs: Pairs) -> Iterator[Change]:
    for item in pairs.added:
        if isinstance(item, Group):
            message = gettext_noop("The group `%(name)s` is new.")
            yield Change(CHANGE, "group-added", item.path, message, {"name": item.name})
        elif not item.takes_answer:
            message = gettext_noop("The note `%(name)s` is new.")
            yield Change(WORDS, "note-added", item.path, message, {"name": item.name})
        else:
            message = gettext_noop(
                "The question `%(name)s` is new. Interviews so far have no answer to it."
            )
            yield Change(CHANGE, "question-added", item.path, message, {"name": item.name})


def _of_item(before: Item, after: Item) -> Iterator[Change]:
    """Another name, group or type: what decides where and how answers are stored."""
    if before.name != after.name:
        message = gettext_noop(
            "`%(before)s` is now called `%(name)s`. Answers so far stay in the column `%(before)s`."
        )
        yield Change(
            RISK, "renamed", after.path, message, {"name": after.name, "before": before.name}
        )
    elif before.path != after.path:
        message = gettext_noop(
            "`%(name)s` is now in another group. Answers so far stay in a column of their own."
        )
        params = {"name": after.name}
        yield Change(RISK, "regrouped", after.path, message, params, "", before.path, after.path)
    if kind_of(before) != kind_of(after):
        message = gettext_noop("`%(name)s` was of type %(before)s and is now of type %(after)s.")
        params = {"name": after.name, "before": kind_of(before), "after": kind_of(after)}
        yield Change(RISK, "type", after.path, message, params)
    if before.appearance != after.appearance:
        message = gettext_noop("`%(name)s` has another appearance.")
        yield Change(
            *(WORDS, "appearance", after.path, message, {"name": after.name}),
            before=before.appearance,
            after=after.appearance,
        )
    if isinstance(before, Question) and isinstance(after, Question):
        yield from _of_parameters(before, after)


def _of_identifiers(pairs: Pairs, old: FormDef, new: FormDef) -> Iterator[Change]:
    """Tags decide who gets answers, also those that are here already."""
    for before, after in pairs.matched:
        was, now = old.identifiers.get(before.path, ""), new.identifiers.get(after.path, "")
        params = {"name": after.name}
        if was == DIRECT and now != DIRECT:
            message = gettext_noop(
                "`%(name)s` was tagged `direct` and is not any more: its answers, also earlier "
                "ones, leave with the data."
            )
            yield Change(RISK, "identifier", after.path, message, params)
        elif was != now:
            message = gettext_noop("`%(name)s` has another tag as identifier.")
            yield Change(CHANGE, "identifier", after.path, message, params, "", was, now)


def _of_parameters(before: Question, after: Question) -> Iterator[Change]:
    if before.parameters != after.parameters and before.kind == after.kind:
        message = gettext_noop("`%(name)s` has other parameters.")
        texts = [
            " ".join(f"{key}={value}" for key, value in question.parameters.items())
            for question in (before, after)
        ]
        yield Change(CHANGE, "parameters", after.path, message, {"name": after.name}, "", *texts)


def _moved(pairs: Pairs) -> Iterator[Change]:
    """What stands elsewhere among those that stayed in their group, as few as explain the order."""
    new_places = {path: place for place, path in enumerate(pairs.after)}
    kept = [
        new
        for old, new in pairs.new_paths.items()
        if old.rpartition("/")[0] == new.rpartition("/")[0]
    ]
    steady = _longest_rising([new_places[path] for path in kept])
    for path in kept:
        if new_places[path] not in steady:
            siblings = [p for p in pairs.after if p.rpartition("/")[0] == path.rpartition("/")[0]]
            place = siblings.index(path)
            message = gettext_noop("`%(name)s` now comes first in its group.")
            params = {"name": pairs.after[path].name}
            if place:
                message = gettext_noop("`%(name)s` now comes after `%(other)s`.")
                params["other"] = pairs.after[siblings[place - 1]].name
            yield Change(CHANGE, "moved", path, message, params)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The longest series of numbers that rise; the rest is what has moved."""
    ends: list[int] = []  # the least number that ends a series of each length
    lengths: list[int] = []
    for number in numbers:
        length = bisect_left(ends, number)
        ends[length : length + 1] = [number]
        lengths.append(length)
    rising: set[int] = set()
    wanted = len(ends) - 1
    for number, length in zip(reversed(numbers), reversed(lengths), strict=True):
        if length == wanted:
            rising.add(number)
            wanted -= 1
    return rising


TEXTS: Mapping[str, str] = {  # attribute -> what there is to say of it
    "labels": gettext_noop("The label of `%(name)s` has other words."),
    "hints": gettext_noop("The hint of `%(name)s` has other words."),
    "guidance": gettext_noop("The guidance of `%(name)s` has other words."),
    "constraint_messages": gettext_noop("The constraint message of `%(name)s` has other words."),
    "required_messages": gettext_noop("The required message of `%(name)s` has other words."),
}


def _of_texts(older: Writer, newer: Writer, before: Item, after: Item) -> Iterator[Change]:
    for attribute, message in TEXTS.items():
        old: Texts = getattr(before, attribute, {})
        new: Texts = getattr(after, attribute, {})
        for code in dict.fromkeys([*old, *new]):
            was = older.words(old.get(code, ""), before.path)
            words = newer.words(new.get(code, ""), after.path)
            if was != words:
                params = {"name": after.name}
                yield Change(WORDS, "reworded", after.path, message, params, code, was, words)


def _of_choices(pairs: Pairs) -> Iterator[Change]:
    """The choices of each list once, whichever questions share it."""
    seen: set[tuple[str, str]] = set()
    for before, after in pairs.matched:
        if not isinstance(before, Question) or not isinstance(after, Question):
            continue
        lists = (before.list_name or before.path, after.list_name or after.path)
        if before.is_select and after.is_select and lists not in seen:
            seen.add(lists)
            yield from _of_list(before, after)


def _of_list(before: Question, after: Question) -> Iterator[Change]:
    old = {choice.name: choice for choice in before.choices}
    new = {choice.name: choice for choice in after.choices}
    renamed = _renamed(old, new)
    place = {"name": after.name, "list": after.list_name or after.name}
    for name in old.keys() - new.keys() - renamed.keys():
        message = gettext_noop(
            "The choice `%(choice)s` of `%(list)s` is gone. Answers so far may still have it."
        )
        yield Change(RISK, "choice-removed", after.path, message, {**place, "choice": name})
    for name, other in renamed.items():
        message = gettext_noop(
            "The choice `%(before)s` of `%(list)s` is now stored as `%(choice)s`. Answers so far "
            "have `%(before)s`."
        )
        params = {**place, "before": name, "choice": other}
        yield Change(RISK, "choice-renamed", after.path, message, params)
    for name in [n for n in new if n not in old and n not in renamed.values()]:
        message = gettext_noop("The choice `%(choice)s` of `%(list)s` is new.")
        yield Change(CHANGE, "choice-added", after.path, message, {**place, "choice": name})
    for name in [n for n in new if n in old]:
        yield from _of_choice(after, old[name], new[name], place)


def _renamed(old: Mapping[str, Choice], new: Mapping[str, Choice]) -> dict[str, str]:
    """Choices with another name and the very same labels."""
    gone = [choice for name, choice in old.items() if name not in new and choice.labels]
    come = [choice for name, choice in new.items() if name not in old and choice.labels]
    return {a.name: b.name for a in gone for b in come if a.labels == b.labels}


def _of_choice(
    question: Question, before: Choice, after: Choice, place: Mapping[str, object]
) -> Iterator[Change]:
    for code in dict.fromkeys([*before.labels, *after.labels]):
        was, words = (str(choice.labels.get(code, "")) for choice in (before, after))
        if was != words:
            message = gettext_noop("The choice `%(choice)s` of `%(list)s` has other words.")
            params = {**place, "choice": after.name}
            yield Change(WORDS, "choice-reworded", question.path, message, params, code, was, words)


RULES: Mapping[str, str] = {  # attribute of a bind -> column of the workbook
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "required": "required",
    "readonly": "read_only",
}


def _of_rules(pairs: Pairs, older: Writer, newer: Writer) -> Iterator[Change]:
    """Every rule that reads otherwise, named as the column of the workbook."""
    old, new = _rules(older), _rules(newer)
    known = {*pairs.after, *(pairs.new_paths.get(path, path) for path in pairs.before)}
    fresh = {item.path for item in (*pairs.added, *pairs.removed)}
    for key in dict.fromkeys([*old, *new]):
        path, column = key
        before, after = old.get(key, ""), new.get(key, "")
        if before != after and path not in fresh:
            yield _of_rule(path, column, before, after, is_shown=path in known)


def _of_rule(path: str, column: str, before: str, after: str, *, is_shown: bool) -> Change:
    params = {"name": path.rpartition("/")[2], "column": column}
    is_lost = not is_shown and column == "calculation" and not after
    if not before:
        message = gettext_noop("`%(name)s` has a new %(column)s.")
    elif is_lost:
        message = gettext_noop("`%(name)s` is no longer computed. Its values so far stay.")
    elif not after:
        message = gettext_noop("`%(name)s` has no %(column)s any more.")
    else:
        message = gettext_noop("`%(name)s` has another %(column)s.")
    severity = RISK if is_lost else CHANGE
    return Change(severity, "logic", path, message, params, "", before, after)


def _rules(writer: Writer) -> dict[tuple[str, str], str]:
    """The text of every rule by path, newer where there is one, and column."""
    rules: dict[tuple[str, str], str] = {}
    for path, column, text in _all_rules(writer):
        if text:
            rules[writer.renamed.get(path, path), column] = text
    return rules


def _all_rules(writer: Writer) -> Iterator[tuple[str, str, str]]:
    form, write = writer.form, writer.expression
    counts = {f"{path}_count": path for path in form.repeats}  # the conversion's own, computed
    for bind in form.binds:
        if bind.path in counts and bind.calculate:
            yield counts[bind.path], "repeat_count", write(bind.calculate, bind.path)
            continue
        for attribute, column in RULES.items():
            yield bind.path, column, write(_rule(bind, attribute), bind.path)
    for question in form.questions:
        if question.itemset:
            text = write(question.itemset.nodes, question.path)
            yield question.path, "choice_filter", text
    for path, count in form.repeats.items():
        text = write(count, path)
        if text != f"${{{path.rpartition('/')[2]}_count}}":
            yield path, "repeat_count", text
    for action in form.actions:
        column = "trigger" if action.trigger else "default"
        yield action.path, column, write(action.value, action.path)
    for leaf in tree_from_xml(form.template.encode()).iter():
        if leaf.text and not leaf.children:
            yield leaf.path(), "default", leaf.text


def _rule(bind: Bind, attribute: str) -> Node | None:
    node: Node | None = getattr(bind, attribute)
    return node
