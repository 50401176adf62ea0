"""Which columns an export of interviews has: a pure function of the forms behind the answers."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from surveys.disclosure.identifiers import direct_keys
from surveys.disclosure.terms import PERSON_KEY, Coarsen, Terms
from surveys.exports.derived import Derived
from surveys.variables.memo import Memo
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
KINDS: Mapping[str, str] = {  # of what is calculated or found, by the type of its bind
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "dateTime": "datetime",
    "geopoint": "geopoint",
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    "binary": "file",
}
SEPARATOR = "; "  # between the labels of several choices


@dataclass(frozen=True)
class Column:
    """A question's column: `name` heads it, `key` finds the answer in `Interview.answers`."""

    name: str
    key: str
    kind: str = "text"
    labels: Mapping[str, str] = field(default_factory=dict)  # choice -> label in one language
    coarsen: Coarsen | None = None  # for an audience

    def value(self, answer: str) -> str:
        """The answer as stored, or in words where the column has labels; coarser for an audience."""
        return self.worded(self.coarsen(answer) if self.coarsen and answer else answer)

    def values(self, answers: Iterable[Mapping[str, str]]) -> list[str]:
        """The same of many interviews; blank where there is no answer."""
        key = self.key
        found = [each.get(key, "") for each in answers]
        return self._values.column(found) if self.labels or self.coarsen else found

    @cached_property
    def _values(self) -> Memo[str, str]:
        return Memo(self.value)

    def words(self, answers: Sequence[str]) -> Sequence[str]:
        """Answers in words where the column has labels; as coarse as they are."""
        return self._words.column(answers) if self.labels else answers

    @cached_property
    def _words(self) -> Memo[str, str]:
        return Memo(self.worded)

    def worded(self, answer: str) -> str:
        """In words where the column has labels; as coarse as it is."""
        if not self.labels:
            return answer
        if self.kind in SEVERAL:
            return SEPARATOR.join(self.labels.get(name, name) for name in answer.split())
        return self.labels.get(answer, answer)


@dataclass(frozen=True)
class Layout:
    """The columns of one file: facts, answers, how many instances repeats have, what is beside.

    `repeats` are the keys of the repeats directly within, such as `home/member`; `hidden` those of
    questions that are asked and not given. With `terms` it is for an audience.
    """

    facts: tuple[str, ...]
    columns: tuple[Column, ...]
    repeats: tuple[str, ...] = ()
    beside: tuple[Derived, ...] = ()
    hidden: tuple[str, ...] = ()
    terms: Terms | None = None

    @property
    def header(self) -> list[str]:
        return [
            *self.facts,
            *(column.name for column in self.columns),
            *(f"{name}/count" for name in short_names(self.repeats).values()),
            *(variable.name for derived in self.beside for variable in derived.variables),
        ]


def layout_of(forms: Sequence[FormDef], language: str = "", *, with_people: bool = False) -> Layout:
    """Columns of what is asked once an interview; see `layouts_of`."""
    return layouts_of(forms, language, with_people=with_people)[""]


def layouts_of(
    forms: Sequence[FormDef],
    language: str = "",
    *,
    with_people: bool = False,
    terms: Terms | None = None,
) -> dict[str, Layout]:
    """Columns for all versions of a questionnaire, the newest first; none is ever lost.

    By the key of the repeat that the answers are in; blank for what is asked once an interview.
    With a language, cells hold labels in it and otherwise values. Answers that name an enumerator
    are left out unless asked for; what a device says of itself is never a column. With `terms` it is
    for an audience: without direct identifiers, with pseudonyms in the place of ids.
    """
    hidden = set() if with_people else set(_personal_keys(forms))
    hidden |= _withheld(forms, terms) if terms else set()
    found = _keys(forms)
    repeats = {key: around for form in reversed(forms) for key, around in _repeats(form)}
    facts = tuple(fact for fact in FACTS if with_people or fact not in PERSONAL_FACTS)
    coarsen = _coarsenings(forms, terms) if terms else {}
    return {
        repeat: _layout(
            facts_given(REPEAT_FACTS if repeat else facts, terms),
            [key for around, key in found if around == repeat],
            tuple(key for key, around in repeats.items() if around == repeat),
            forms,
            language,
            hidden,
            coarsen,
            terms,
        )
        for repeat in ("", *repeats)
    }


def facts_given(facts: Sequence[str], terms: Terms | None) -> tuple[str, ...]:
    """The facts as an audience gets them, where it is for one."""
    if terms is None:
        return tuple(facts)
    given = (fact for fact in facts if terms.gives_fact(fact))
    return tuple(PERSON_KEY if fact == "interview_id" else fact for fact in given)


def _layout(
    facts: tuple[str, ...],
    keys: Sequence[str],
    repeats: tuple[str, ...],
    forms: Sequence[FormDef],
    language: str,
    hidden: Collection[str],
    coarsen: Mapping[str, Coarsen],
    terms: Terms | None,
) -> Layout:
    shown = [key for key in keys if key not in hidden]
    names = short_names(shown, facts)
    columns = (_column(names[key], key, forms, language) for key in shown)
    return Layout(
        facts,
        tuple(replace(column, coarsen=coarsen.get(column.key)) for column in columns),
        repeats,
        hidden=tuple(key for key in keys if key in hidden),
        terms=terms,
    )


def _withheld(forms: Sequence[FormDef], terms: Terms) -> set[str]:
    """The keys of answers that the audience does not get."""
    ungiven = (key for key, *of in _kinds_and_roles(forms) if not terms.gives_answers(*of))
    return {*direct_keys(forms), *ungiven}


def _coarsenings(forms: Sequence[FormDef], terms: Terms) -> dict[str, Coarsen]:
    found = ((key, terms.coarsening(key, *of)) for key, *of in _kinds_and_roles(forms))
    return {key: coarsen for key, coarsen in found if coarsen}


def _kinds_and_roles(forms: Sequence[FormDef]) -> list[tuple[str, str, str]]:
    """The key of each answer, its kind, and what it is to the server, blank for nothing."""
    roles = {relative(path): role for form in forms for role, path in form.roles.items()}
    return [(key, kind, roles.get(key, "")) for key, kind in _kinds(forms).items()]


def _kinds(forms: Sequence[FormDef]) -> dict[str, str]:
    """The kind of each answer, by its key; the newest form that has it says which."""
    kinds: dict[str, str] = {}
    for form in reversed(forms):
        kinds |= {relative(b.path): KINDS.get(b.type, "text") for b in form.binds if _is_in(b.path)}
        kinds |= {relative(q.path): q.kind for q in form.questions if _is_in(q.path)}
    return kinds


def _is_in(path: str) -> bool:
    """Whether a path is below the root."""
    return path.count("/") > 1


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
