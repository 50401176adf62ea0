"""Which columns an export of interviews has: a pure function of the forms behind the answers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.xforms.definition import Choice, FormDef, Question
from surveys.xforms.instance import relative

FACTS = (
    "interview_id",
    "state",
    "outcome",
    "site",
    "city",
    "stratum",
    "psu",
    "enumerator",
    "started",
    "ended",
    "received",
    "form_version",
)
PERSONAL_FACTS = frozenset({"enumerator"})
PERSONAL_ROLES = ("enumerator",)  # roles of questions whose answers name a person
SEPARATOR = "; "  # between the labels of several choices


@dataclass(frozen=True)
class Column:
    """A question's column: `name` heads it, `key` finds the answer in `Interview.answers`."""

    name: str
    key: str
    kind: str = "text"
    labels: Mapping[str, str] = field(default_factory=dict)  # choice -> label in one language

    def value(self, answer: str) -> str:
        """The answer as stored, or in words where the column has labels."""
        if not self.labels:
            return answer
        if self.kind == "select_multiple":
            return SEPARATOR.join(self.labels.get(name, name) for name in answer.split())
        return self.labels.get(answer, answer)


@dataclass(frozen=True)
class Layout:
    """The columns of one export: facts about the interview first, then its answers."""

    facts: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def header(self) -> list[str]:
        return [*self.facts, *(column.name for column in self.columns)]


def layout_of(forms: Sequence[FormDef], language: str = "", *, with_people: bool = False) -> Layout:
    """Columns for all versions of a questionnaire, the newest first; none is ever lost.

    With a language, cells hold labels in it and otherwise values. Answers that name an enumerator
    are left out unless asked for; what a device says of itself is never a column.
    """
    personal = set() if with_people else set(_personal_keys(forms))
    keys = [key for key in _keys(forms) if key not in personal]
    names = _names(keys)
    facts = tuple(fact for fact in FACTS if with_people or fact not in PERSONAL_FACTS)
    return Layout(facts, tuple(_column(names[key], key, forms, language) for key in keys))


def _personal_keys(forms: Sequence[FormDef]) -> Iterator[str]:
    for form in forms:
        yield from (relative(form.roles[role]) for role in PERSONAL_ROLES if role in form.roles)


def _keys(forms: Sequence[FormDef]) -> list[str]:
    """Keys of what can hold an answer, in the order of the form, calculations last."""
    asked = [relative(q.path) for form in forms for q in form.questions if q.takes_answer]
    calculated = [relative(path) for form in forms for path in _calculated(form)]
    return list(dict.fromkeys((*asked, *calculated)))


def _calculated(form: FormDef) -> Iterator[str]:
    for bind in form.binds:
        is_own = bind.path not in form.preloads and "/meta/" not in bind.path
        if bind.calculate is not None and is_own:
            yield bind.path


def _names(keys: Sequence[str]) -> dict[str, str]:
    """Short names where they are unique, else paths: `a2`, `household/a2`."""
    short = {key: key.rsplit("/", 1)[-1] for key in keys}
    uses = Counter((*short.values(), *FACTS))
    return {key: name if uses[name] == 1 else _spelt_out(key) for key, name in short.items()}


def _spelt_out(key: str) -> str:
    return f"answer/{key}" if key in FACTS else key


def _column(name: str, key: str, forms: Sequence[FormDef], language: str) -> Column:
    found = [(form, q) for form in forms for q in form.questions if relative(q.path) == key]
    if not found:
        return Column(name, key)
    labels: dict[str, str] = {}
    for form, question in reversed(found):  # the newest wording of a choice wins
        labels.update(_labels(form, question, language))
    return Column(name, key, found[0][1].kind, labels)


def _labels(form: FormDef, question: Question, language: str) -> Iterator[tuple[str, str]]:
    if not language:
        return
    for choice in question.choices:
        yield choice.name, _label(form, choice, language)


def _label(form: FormDef, choice: Choice, language: str) -> str:
    return form.text(choice.labels, form.language_for(language)) or choice.name
