"""What a question offers at its place, and whether an answer fits its kind of question."""

from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from surveys.formlogic.reading import Copy, Reading
from surveys.formlogic.values import nodes_of, to_text
from surveys.xforms.definition import SEVERAL, Choice, Question
from surveys.xforms.environments import Item


def choices_at(question: Question, copy: Copy, reading: Reading) -> list[Choice]:
    """What a select offers at one of its places, in order."""
    if question.itemset is None:
        return list(question.choices)
    context = reading.context(copy)
    nodes, value, label = question.itemset.compiled
    choices = []
    for item in nodes_of(nodes(context)):
        if isinstance(item, Item):
            choices.append(item.choice)
            continue
        inside = reading.context(item)
        name = to_text(value(inside))
        if name:
            choices.append(Choice(name, {"": to_text(label(inside)) or name}))
    return choices


def names_at(question: Question, copy: Copy, reading: Reading) -> Collection[str] | None:
    """The names that may be answered there; None where the list is not known here."""
    itemset = question.itemset
    if itemset is None:
        return question.names
    if itemset.instance and itemset.instance not in reading.environment.instances:
        return None
    if itemset.is_whole:
        return reading.environment.choice_labels.get(question.path)
    nodes, value, _ = itemset.compiled
    items = nodes_of(nodes(reading.context(copy)))
    return {to_text(value(reading.context(item))) for item in items} - {""}


def misfit(question: Question, copy: Copy, reading: Reading) -> str:
    """The kind of problem that the answer is for this kind of question, or blank."""
    if question.is_select:
        return "" if _is_offered(question, copy, reading) else "choice"
    if question.kind == "range":
        return "" if _is_in_range(question, copy.text) else "constraint"
    return ""


def _is_offered(question: Question, copy: Copy, reading: Reading) -> bool:
    """Whether all choices of an answer are offered, and none is there twice."""
    chosen = question.chosen(copy.text)
    if len(set(chosen)) < len(chosen):
        return False
    names = names_at(question, copy, reading)
    return names is None or all(name in names for name in chosen)


def still_offered(question: Question, copy: Copy, reading: Reading) -> str:
    """The answer without the choices that are no longer offered."""
    names = names_at(question, copy, reading)
    if names is None:
        return copy.text
    kept = [name for name in question.chosen(copy.text) if name in names]
    if question.kind in SEVERAL and len(kept) == len(question.chosen(copy.text)):
        return copy.text
    return " ".join(kept)


def _is_in_range(question: Question, text: str) -> bool:
    """Whether a number is between start and end, whole steps from the start."""
    try:
        number = Decimal(text)
        start, end, step = (
            Decimal(question.parameters.get(name, default))
            for name, default in (("start", "0"), ("end", "10"), ("step", "1"))
        )
    except InvalidOperation:
        return True
    if not number.is_finite():
        return False
    is_between = min(start, end) <= number <= max(start, end)
    return is_between and (not step or (number - start) % step == 0)
