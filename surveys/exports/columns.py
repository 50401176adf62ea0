"""Which columns an export of interviews has: a pure function of the forms behind the answers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.xforms.definition import SEVERAL, Choice, FormDef, Question
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
REPEAT_FACTS = ("interview_id", "parent_key", "key", "place")  # of an instance of a repeat
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
        if self.kind in SEVERAL:
            return SEPARATOR.join(self.labels.get(name, name) for name in answer.split())
        return self.labels.get(answer, answer)


@dataclass(frozen=True)
class Layout:
    """The columns of one file: facts first, then answers, then how many instances repeats have.

    `repeats` are the keys of the repeats directly within, such as `home/member`.
    """

    facts: tuple[str, ...]
    columns: tuple[Column, ...]
    repeats: tuple[str, ...] = ()

    @property
    def header(self) -> list[str]:
        return [
            *self.facts,
            *(column.name for column in self.columns),
            *(f"{name}/count" for name in short_names(self.repeats).values()),
        ]


def layout_of(forms: Sequence[FormDef], language: str = "", *, with_people: bool = False) -> Layout:
    """Columns of what is asked once an interview; see `layouts_of`."""
    return layouts_of(forms, language, with_people=with_people)[""]


def layouts_of(
    forms: Sequence[FormDef], language: str = "", *, with_people: bool = False
) -> dict[str, Layout]:
    """Columns for all versions of a questionnaire, the newest first; none is ever lost.

    By the key of the repeat that the answers are in; blank for what is asked once an interview.
    With a language, cells hold labels in it and otherwise values. Answers that name an enumerator
    are left out unless asked for; what a device says of itself is never a column.
    """
    personal = set() if with_people else set(_personal_keys(forms))
    found = [(around, key) for around, key in _keys(forms) if key not in personal]
    repeats = {key: around for form in reversed(forms) for key, around in _repeats(form)}
    facts = tuple(fact for fact in FACTS if with_people or fact not in PERSONAL_FACTS)
    return {
        repeat: _layout(
            REPEAT_FACTS if repeat else facts,
            [key for around, key in found if around == repeat],
            tuple(key for key, around in repeats.items() if around == repeat),
            forms,
            language,
        )
        for repeat in ("", *repeats)
    }


def _layout(
    facts: tuple[str, ...],
    keys: Sequence[str],
    repeats: tuple[str, ...],
    forms: Sequence[FormDef],
    language: str,
) -> Layout:
    names = short_names(keys, facts)
    columns = tuple(_column(names[key], key, forms, language) for key in keys)
    return Layout(facts, columns, repeats)


def _repeats(form: FormDef) -> Iterator[tuple[str, str]]:
    """Each repeat and the one around it, by key."""
    for path in form.repeats:
        around = form.repeat_around(path)
        yield relative(path), relative(around) if around else ""


def _personal_keys(forms: Sequence[FormDef]) -> Iterator[str]:
    for form in forms:
        yield from (relative(form.roles[role]) for role in PERSONAL_ROLES if role in form.roles)


def _keys(forms: Sequence[FormDef]) -> list[tuple[str, str]]:
    """The repeat around and the key of what can hold an answer, in the order of the form, what is
    not asked last.
    """
    asked = [(f, q.path) for f in forms for q in f.questions if q.takes_answer]
    given = [(form, path) for form in forms for path in unasked(form)]
    found = (
        (relative(around) if (around := form.repeat_around(path)) else "", relative(path))
        for form, path in (*asked, *given)
    )
    return list(dict.fromkeys(found))


def unasked(form: FormDef) -> Iterator[str]:
    """Calculated, hidden and found values, but not what a device says of itself."""
    groups = {group.path for group in form.groups}
    for path in (bind.path for bind in form.binds):
        told = not form.preloads.get(path, "geopoint").startswith("geopoint")
        shown = path in form.by_path
        if path not in groups and not told and not shown and "/meta/" not in path:
            yield path


def short_names(keys: Sequence[str], taken: Sequence[str] = ()) -> dict[str, str]:
    """Names by key: short where they are unique, else paths: `a2`, `household/a2`."""
    short = {key: key.rsplit("/", 1)[-1] for key in keys}
    uses = Counter((*short.values(), *taken))
    return {
        key: name if uses[name] == 1 else f"answer/{key}" if key in taken else key
        for key, name in short.items()
    }


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
