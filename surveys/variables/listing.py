"""The variables of a table of answers, over all versions of its form: none is lost, none renamed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.variables.missing import LOWEST, UNSAID, Missing
from surveys.variables.names import Names
from surveys.variables.variable import Kind, Value, Variable
from surveys.xforms.definition import Choice, FormDef, Question, Texts
from surveys.xforms.instance import relative

KINDS: Mapping[str, Kind] = {  # of questions; whatever else there is stays text
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "range": Kind.DECIMAL,
    "date": Kind.DATE,
    "datetime": Kind.DATETIME,
    "select_one": Kind.CHOICE,
}
CALCULATED: Mapping[str, Kind] = {  # by type of a bind that nobody is asked about
    "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "dateTime": Kind.DATETIME,
}
PARTS = ("latitude", "longitude", "altitude", "accuracy")  # of a geopoint
LARGEST = 2_000_000_000  # code: Stata labels whole numbers of 32 bits
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})


class Several(StrEnum):
    """How questions with several answers become variables."""

    JOINED = "joined"  # one text: `saw axe`
    SPLIT = "split"  # a variable of 0 and 1 a choice
    BOTH = "both"

    @property
    def is_joined(self) -> bool:
        return self is not Several.SPLIT

    @property
    def is_split(self) -> bool:
        return self is not Several.JOINED


@dataclass(frozen=True)
class _Asked:
    """What is kept under one key: the question in each version that asks it, the newest first."""

    key: str
    found: tuple[tuple[FormDef, Question], ...]
    calculated: Kind = Kind.TEXT

    @property
    def kinds(self) -> set[str]:
        return {question.kind for _, question in self.found}

    @property
    def kind(self) -> Kind:
        """What all versions agree on; text holds whatever they do not agree on."""
        if not self.found:
            return self.calculated
        kinds = {KINDS.get(kind, Kind.TEXT) for kind in self.kinds}
        if len(kinds) > 1:
            return Kind.DECIMAL if kinds <= NUMBERS else Kind.TEXT
        (kind,) = kinds
        return Kind.TEXT if kind is Kind.CHOICE and not self.choices else kind

    @property
    def labels(self) -> Mapping[str, str]:
        if not self.found:
            return {}
        form, question = self.found[0]
        return _worded(form, question.labels)

    @property
    def choices(self) -> Mapping[str, Mapping[str, str]]:
        """All choices of all versions: the order of the oldest, the words of the newest."""
        words: dict[str, Mapping[str, str]] = {}
        for form, question in reversed(self.found):
            words.update({choice.name: _said(form, choice) for choice in question.choices})
        return words


def variables_of(
    forms: Sequence[FormDef],
    keys: Sequence[str],
    *,
    taken: Iterable[str] = (),
    several: Several = Several.BOTH,
) -> list[Variable]:
    """The variables of one table, in the order of its `keys`: what is asked once an interview, or
    once an instance of a repeat. `forms` are all versions, the newest first.

    Names depend on neither rights nor choices: `keys` must be all that the table can have, `taken`
    all its other columns.
    """
    asked = {key: _asked(forms, key) for key in keys}
    names = _named(forms, asked, taken)
    return [variable for one in asked.values() for variable in _variables(one, names, several)]


def names_of(forms: Sequence[FormDef], keys: Sequence[str], *, taken: Iterable[str] = ()) -> Names:
    """All names that `variables_of` gives, wanted or not: for what is to have others."""
    return _named(forms, {key: _asked(forms, key) for key in keys}, taken)


def _named(forms: Sequence[FormDef], asked: Mapping[str, _Asked], taken: Iterable[str]) -> Names:
    names = Names(taken)
    for form in reversed(forms):
        for key in _order(form):
            if key in asked:
                _claim(names, asked[key])
    return names


def _order(form: FormDef) -> Iterator[str]:
    paths = (*(q.path for q in form.questions), *(bind.path for bind in form.binds))
    return (relative(path) for path in dict.fromkeys(paths) if path.count("/") > 1)


def _asked(forms: Sequence[FormDef], key: str) -> _Asked:
    found = tuple((f, q) for f in forms for q in f.questions if relative(q.path) == key)
    paths = {f"/{form.blank.name}/{key}" for form in forms}
    types = [bind.type for form in forms for bind in form.binds if bind.path in paths]
    return _Asked(key, found, CALCULATED.get(types[0], Kind.TEXT) if types else Kind.TEXT)


def _claim(names: Names, asked: _Asked) -> None:
    """All names that the question may come to need, whichever are wanted now."""
    name = names.give(asked.key, asked.key.rpartition("/")[2], asked.key)
    for detail in (*asked.choices, *PARTS) if asked.kinds & {"select_multiple", "geopoint"} else ():
        names.give(f"{asked.key} {detail}", f"{name}_{detail}")


def _variables(asked: _Asked, names: Names, several: Several) -> Iterator[Variable]:
    name = names.of(asked.key)
    if asked.kinds == {"geopoint"}:
        yield from _place(asked, names)
    elif asked.kinds == {"select_multiple"} and asked.choices:
        if several.is_joined:
            yield Variable(asked.key, name, labels=asked.labels)
        if several.is_split:
            yield from _flags(asked, names)
    else:
        values = _values(asked.choices) if asked.kind is Kind.CHOICE else ()
        yield Variable(asked.key, name, asked.kind, asked.labels, values, _unsaid(asked))


def _place(asked: _Asked, names: Names) -> Iterator[Variable]:
    for number, part in enumerate(PARTS):
        labels = {language: f"{label} ({part})" for language, label in asked.labels.items()}
        name = names.of(f"{asked.key} {part}")
        yield Variable(asked.key, name, Kind.DECIMAL, labels, part=number)


def _flags(asked: _Asked, names: Names) -> Iterator[Variable]:
    for choice, words in asked.choices.items():
        if choice in UNSAID:
            continue
        labels = {
            language: f"{label} – {words.get(language, choice)}"
            for language, label in asked.labels.items()
        }
        name = names.of(f"{asked.key} {choice}")
        yield Variable(asked.key, name, Kind.FLAG, labels, (), _unsaid(asked), choice)


def _values(choices: Mapping[str, Mapping[str, str]]) -> tuple[Value, ...]:
    """Codes are the names where all are whole numbers, else 1, 2, ... with new choices at the end."""
    told = [name for name in choices if name not in UNSAID]
    are_codes = all(_is_code(name) for name in told)
    return tuple(
        Value(name, int(name) if are_codes else number, choices[name])
        for number, name in enumerate(told, start=1)
    )


def _is_code(name: str) -> bool:
    digits = name.removeprefix("-")
    is_whole = digits.isdecimal() and digits.isascii() and len(digits) <= len(str(LARGEST))
    return is_whole and str(int(name)) == name and LOWEST // 10 < int(name) <= LARGEST


def _unsaid(asked: _Asked) -> Mapping[Missing, Mapping[str, str]]:
    return {UNSAID[name]: words for name, words in asked.choices.items() if name in UNSAID}


def _said(form: FormDef, choice: Choice) -> Mapping[str, str]:
    worded = _worded(form, choice.labels)
    return {language: words or choice.name for language, words in worded.items()}


def _worded(form: FormDef, texts: Texts) -> Mapping[str, str]:
    """The words in every language of the form; on one line."""
    codes = [language.code for language in form.languages] or [""]
    return {code: " ".join(form.text(texts, code).split()) for code in codes}
