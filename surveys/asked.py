"""A form's questions as columns of numbers: which number an answer is, and which is none."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

from surveys.formlogic.spaces import words_of
from surveys.quality.fieldwork import Kind, State
from surveys.xforms.definition import SELECTS, Choice, FormDef, Question
from surveys.xforms.evaluation import MISSING_CODES
from surveys.xforms.instance import relative

Read: TypeAlias = tuple[float, State]

NONE = math.nan
NUMBERS = frozenset({"integer", "decimal", "range"})
TEXTS = frozenset({"text", "date", "time", "dateTime", "barcode"})
UNSAID = {"dk": State.DONT_KNOW, "rf": State.REFUSED}
OTHER = ("other", "其他", "其它")  # how the label of a choice that is called "other" begins
FEWEST = 3  # statements that make a battery, and steps that make a scale
MOST_BITS = 53  # that a number holds: a longer list of choices is compared as text
PERSONAL_ROLES = frozenset({"site", "enumerator", "city", "consent", "case"})


@dataclass(frozen=True)
class Asked:
    """One question outside of repeats; `codes` are the numbers of its choices."""

    place: str  # below the root
    kind: Kind
    section: str = ""
    battery: str = ""
    is_reversed: bool = False
    codes: Mapping[str, int] | None = None
    others: frozenset[str] = frozenset()

    def read(self, text: str) -> Read:
        """The number of an answer that is not blank, and what became of the question."""
        if text in UNSAID:
            return NONE, UNSAID[text]
        if self.kind is Kind.NUMBER:
            return _number(text)
        if self.kind is Kind.CHOICES:
            return self._chosen(words_of(text))
        state = State.OTHER if text in self.others else State.ANSWERED
        if self.kind is Kind.CHOICE and self.codes is not None and text in self.codes:
            return float(self.codes[text]), state
        return _hashed(text), state

    def _chosen(self, names: Sequence[str]) -> Read:
        unsaid = [UNSAID[name] for name in names if name in UNSAID]
        if unsaid:
            return NONE, unsaid[0]
        codes = self.codes or {}
        state = State.OTHER if self.others.intersection(names) else State.ANSWERED
        return float(sum(1 << codes[name] for name in set(names) if name in codes)), state


def _number(text: str) -> Read:
    try:
        number = float(text)
    except ValueError:
        return NONE, State.BLANK
    return (number, State.ANSWERED) if math.isfinite(number) else (NONE, State.BLANK)


def _hashed(text: str) -> float:
    """The same number for the same text, small enough for a float to hold."""
    return float(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()))


def asked_in(forms: Sequence[FormDef]) -> tuple[Asked, ...]:
    """The questions of a questionnaire's versions, the newest first: each place once, as the newest
    version that asks it has it, with the choices of all.
    """
    found: dict[str, Asked] = {}
    for form in forms:
        for one in _of(form):
            known = found.get(one.place)
            found[one.place] = one if known is None else _with_choices(known, one)
    return tuple(found.values())


def places_in(form: FormDef) -> frozenset[str]:
    return frozenset(one.place for one in _of(form))


def geopoints_in(form: FormDef) -> tuple[str, ...]:
    """Where it may say where it was made, in order."""
    return tuple(relative(q.path) for q in form.questions if q.kind == "geopoint")


def _with_choices(known: Asked, older: Asked) -> Asked:
    if known.codes is None or older.codes is None or known.kind is not older.kind:
        return known
    names = dict.fromkeys((*known.codes, *older.codes))
    return replace(known, codes={name: at for at, name in enumerate(names)})


def _of(form: FormDef) -> Iterator[Asked]:
    """What people are asked: not what identifies, is calculated, or is in a repeat."""
    unasked = {form.roles[role] for role in PERSONAL_ROLES if role in form.roles}
    unasked |= {bind.path for bind in form.binds if bind.calculate}
    questions = [
        question
        for question in form.questions
        if question.takes_answer
        and question.path not in unasked
        and not form.repeat_around(question.path)
        and _kind(question) is not None
    ]
    batteries = _batteries(questions)
    for question in questions:
        name, is_reversed = batteries.get(question.path, ("", False))
        yield _asked(question, name, is_reversed=is_reversed)


def _asked(question: Question, battery: str, *, is_reversed: bool) -> Asked:
    place, kind = relative(question.path), _kind(question)
    section, slash, _ = place.partition("/")
    named = [choice for choice in question.choices if choice.name not in MISSING_CODES]
    return Asked(
        place=place,
        kind=kind or Kind.TEXT,
        section=section if slash else "",
        battery=battery,
        is_reversed=is_reversed,
        codes={choice.name: at for at, choice in enumerate(named)} if named else None,
        others=frozenset(choice.name for choice in named if _is_other(choice)),
    )


def _kind(question: Question) -> Kind | None:
    """None where answers are no numbers and cannot be equal, as those of pictures."""
    if question.kind in NUMBERS:
        return Kind.NUMBER
    if question.kind == "select_one" and question.choices:
        return Kind.CHOICE
    if question.kind == "select_multiple" and 0 < len(question.choices) <= MOST_BITS:
        return Kind.CHOICES
    return Kind.TEXT if question.kind in SELECTS | TEXTS else None


def _is_other(choice: Choice) -> bool:
    labels = (text for text in choice.labels.values() if isinstance(text, str))
    return choice.name == "other" and any(text.lower().startswith(OTHER) for text in labels)


def _batteries(questions: Sequence[Question]) -> dict[str, tuple[str, bool]]:
    """By path the battery that a statement is of, and whether it is turned round: statements of a
    group, one after another, with the same steps to answer.
    """
    found: dict[str, tuple[str, bool]] = {}
    for (_group, steps), some in groupby(questions, _scale):
        items = list(some)
        if len(steps) < FEWEST or len(items) < FEWEST:
            continue
        rising = [_rises(item) for item in items]
        usual = sum(rising) >= 0
        for item, slope in zip(items, rising, strict=True):
            is_reversed = bool(slope) and (slope > 0) is not usual
            found[item.path] = (relative(items[0].path), is_reversed)
    return found


def _scale(question: Question) -> tuple[str, tuple[str, ...]]:
    names = (choice.name for choice in question.choices if choice.name not in MISSING_CODES)
    steps = tuple(names) if question.kind == "select_one" else ()
    return question.path.rpartition("/")[0], steps


def _rises(question: Question) -> int:
    """1 where the numbers beside the choices, such as their scores, rise; -1 where they fall."""
    for column in question.choices[0].columns:
        written = [one.columns.get(column, "") for one in question.choices]
        numbers = [float(text) for text in written if text.replace(".", "", 1).isdigit()]
        if len(numbers) >= FEWEST and numbers[0] != numbers[-1]:
            return 1 if numbers[-1] > numbers[0] else -1
    return 0
