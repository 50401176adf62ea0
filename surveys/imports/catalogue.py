"""All that a version of a form can be told, by the names that exports and people have for it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from surveys.exports.archives import table_names
from surveys.exports.columns import FACTS, REPEAT_FACTS, Layout, layouts_of
from surveys.exports.naming import count_names
from surveys.imports.cells import plain
from surveys.imports.mapping import NOWHERE, Beside, Target
from surveys.imports.repeats import is_place
from surveys.models import Questionnaire
from surveys.questionnaires import form_of
from surveys.variables.listing import PARTS, variables_of
from surveys.variables.variable import Kind, Variable
from surveys.xforms.definition import FormDef, Question, without_places

FACTS_AS: Mapping[str, Beside] = {
    "interview_id": Beside.ID,
    "site": Beside.SITE,
    "enumerator": Beside.ENUMERATOR,
    "started": Beside.STARTED,
    "ended": Beside.ENDED,
}
CALLED: Mapping[Beside, str] = {  # how people head such columns, in `plain` words
    Beside.SITE: "sitecode sitename samplingpoint 调查点 调查点编码 抽样点",
    Beside.ENUMERATOR: "interviewer enumeratorid interviewerid surveyor 访问员 调查员 访员",
    Beside.STARTED: "date intdate interviewdate dateofinterview starttime 日期 访问日期 调查日期 开始时间",
    Beside.ENDED: "endtime 结束时间",
}
WORDED_AS = {
    **{plain(name): beside for name, beside in FACTS_AS.items()},
    **{word: beside for beside, words in CALLED.items() for word in words.split()},
}
NUMBERED = re.compile(r"^\s*[A-Za-z]?\d{1,3}[.)、．]\s*")


@dataclass(frozen=True)
class Catalogue:
    """A version's form, and all versions, the newest first: names never change over them."""

    form: FormDef
    forms: Sequence[FormDef]

    @classmethod
    def of(cls, form: FormDef, questionnaire: Questionnaire) -> "Catalogue":
        versions = questionnaire.versions.order_by("-pk")
        return cls(form, [form_of(version) for version in versions])

    @cached_property
    def own(self) -> Mapping[str, Layout]:
        """The columns of this version, by repeat."""
        return layouts_of([self.form], with_people=True)

    @cached_property
    def tables(self) -> Mapping[str, str]:
        """The key of each repeat, by the name of its table in exports."""
        names = table_names(self._whole)
        return {name: key for key, name in names.items() if key in self.own}

    @cached_property
    def keys(self) -> Mapping[str, set[str]]:
        """All that can be answered, by repeat."""
        return {repeat: {one.key for one in layout.columns} for repeat, layout in self.own.items()}

    @cached_property
    def _whole(self) -> Mapping[str, Layout]:
        """The columns of all versions, by repeat."""
        return layouts_of(self.forms, with_people=True)

    @cached_property
    def variables(self) -> Mapping[str, tuple[Variable, ...]]:
        """The variables of statistical packages, by repeat; also those of other versions."""
        return {
            repeat: tuple(self._variables(repeat, layout)) for repeat, layout in self._whole.items()
        }

    def _variables(self, repeat: str, layout: Layout) -> Sequence[Variable]:
        facts = REPEAT_FACTS if repeat else FACTS
        keys = [column.key for column in layout.columns]
        return variables_of(self.forms, keys, taken=(*facts, *count_names(layout)))

    @cached_property
    def by_key(self) -> Mapping[str, Variable]:
        """The variable that holds a whole answer."""
        every = (one for variables in self.variables.values() for one in variables)
        return {one.key: one for one in every if not one.choice and one.part is None}

    def question(self, key: str) -> Question | None:
        return self.form.question_at(key)

    def is_moment(self, target: Target) -> bool:
        """Whether a day or a moment is said there."""
        question = self.question(without_places(target.key))
        is_asked = question is not None and question.kind in (Kind.DATE, Kind.DATETIME)
        return target.beside in (Beside.STARTED, Beside.ENDED) or is_asked

    def is_known(self, target: Target, repeat: str = "") -> bool:
        """Whether this version has such a thing, to be told in the interviews' own table, where answers
        in repeats need numbers, or in that of a repeat.
        """
        if target.beside is not None:
            return not target.choice and target.part is None
        is_numbered = not repeat and is_place(self.form, target.key)
        if target.key not in self.keys[repeat] and not is_numbered:
            return False
        question = self.question(without_places(target.key))
        if target.part is not None:
            return bool(question and question.kind == "geopoint") and target.part < len(PARTS)
        return not target.choice or bool(question and target.choice in question.names)

    def find(self, name: str, label: str, repeat: str = "", *, is_ours: bool = False) -> Target:
        """What a column most likely means, by its name, then by its label. In a file of `ours`, facts
        such as `city` are no answers.
        """
        if is_ours and name in (REPEAT_FACTS if repeat else FACTS):
            return _fact(name)
        exact = self._exact[repeat].get(name) or self._placed(name)
        guesses = (self._plain[repeat].get(plain(one)) for one in (name, label) if plain(one))
        return exact or next(filter(None, guesses), _fact(name) if not repeat else NOWHERE)

    def _placed(self, name: str) -> Target:
        return Target(name) if "[" in name and is_place(self.form, name) else NOWHERE

    @cached_property
    def _exact(self) -> Mapping[str, Mapping[str, Target]]:
        return {repeat: dict(self._names(repeat)) for repeat in self.own}

    def _names(self, repeat: str) -> Iterator[tuple[str, Target]]:
        """The strongest last."""
        for column in self.own[repeat].columns:
            yield column.key, Target(column.key)
        for variable in self.variables[repeat]:
            if variable.key in self.keys[repeat]:
                yield variable.name, Target(variable.key, variable.choice, variable.part)
        for column in self.own[repeat].columns:
            yield column.name, Target(column.key)

    @cached_property
    def _plain(self) -> Mapping[str, Mapping[str, Target]]:
        return {repeat: self._guesses(repeat) for repeat in self.own}

    def _guesses(self, repeat: str) -> dict[str, Target]:
        """By names and labels without what people write differently, where they mean one thing."""
        found: dict[str, set[Target]] = {}
        for word, target in (*self._names(repeat), *self._worded(repeat)):
            found.setdefault(plain(word), set()).add(target)
        return {word: min(some, key=str) for word, some in found.items() if len(some) == 1 and word}

    def _worded(self, repeat: str) -> Iterator[tuple[str, Target]]:
        for column in self.own[repeat].columns:
            question = self.question(column.key)
            yield column.key.rpartition("/")[2], Target(column.key)
            for label in _labels(self.form, question) if question else ():
                yield label, Target(column.key)
                yield NUMBERED.sub("", label), Target(column.key)

    def offered(self, repeat: str) -> Iterator[tuple[Target, str]]:
        """What can be chosen for a column of a table, with words."""
        for column in self.own[repeat].columns:
            question = self.question(column.key)
            words = next(iter(_labels(self.form, question)), "") if question else ""
            yield Target(column.key), words
            if question and question.kind == "geopoint":
                for number, part in enumerate(PARTS):
                    yield Target(column.key, part=number), f"{words} ({part})"


def _fact(name: str) -> Target:
    beside = FACTS_AS.get(name) or WORDED_AS.get(plain(name))
    return Target(beside) if beside else NOWHERE


def _labels(form: FormDef, question: Question) -> Iterable[str]:
    codes = [language.code for language in form.languages] or [""]
    return list(filter(None, (" ".join(form.text(question.labels, c).split()) for c in codes)))
