"""Cells of a file as answers of a form: choices by name, days as ISO 8601 has them."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import TypeAlias
from unicodedata import normalize

from django.utils import timezone

from surveys.formlogic.spaces import words_of
from surveys.imports.mapping import Rule
from surveys.variables.missing import UNSAID
from surveys.variables.variable import Kind, Variable
from surveys.xforms.definition import SEVERAL, FormDef, Question

Read: TypeAlias = Callable[[str], str]

DAYS: Mapping[str, str] = {  # how days are written -> as Python reads them
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD-MM-YYYY": "%d-%m-%Y",
    "YYYY/MM/DD": "%Y/%m/%d",
    "YYYYMMDD": "%Y%m%d",
    "YYYY年MM月DD日": "%Y年%m月%d日",
}
CLOCKS = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "")
SEPARATORS = ("; ", ";", "|", ",", "、")  # after blanks, which divide names
YES = frozenset({"1", "true", "yes", "x", "✓", "是"})
NO = frozenset({"0", "false", "no", "", "否"})
REASONS: Mapping[str, str] = {f".{reason.letter}": name for name, reason in UNSAID.items()}
NOT_APPLICABLE = ".n"
WHOLE = re.compile(r"(-?\d+)\.0+")


def plain(text: str) -> str:
    """A name or label without what people write differently: case, width, blanks, punctuation."""
    return re.sub(r"[\W_]+", "", normalize("NFKC", text).casefold())


class Choices:
    """The names of a question's choices by what files call them."""

    def __init__(self, form: FormDef, question: Question, variable: Variable | None, rule: Rule):
        self.names = question.names
        self.is_open = bool(question.itemset) and not question.choices
        self._said = rule.values
        self._codes = _codes(variable) if rule.coded else {}
        by_label = labels_of(form, question)
        own = {code: by_label.get(plain(words)) for code, words in rule.labels.items()}
        self._labelled = {code: name for code, name in own.items() if name}
        self._by_label = {**{plain(name): name for name in self.names}, **by_label}

    def name_of(self, text: str) -> str | None:
        """None where there is no such choice; blank where the text says nothing."""
        if text in self._said:
            return self._said[text]
        if text in REASONS and REASONS[text] in self.names:
            return REASONS[text]
        for names in (self._labelled, self._codes):
            if text in names:
                return names[text]
        if text in self.names or self.is_open:
            return text
        whole = WHOLE.fullmatch(text)
        if whole and whole[1] in self.names:
            return whole[1]
        return self._by_label.get(plain(text))


def _codes(variable: Variable | None) -> dict[str, str]:
    return {str(value.code): value.name for value in variable.values} if variable else {}


def labels_of(form: FormDef, question: Question) -> dict[str, str]:
    """Names of choices by their plain labels in any language, where only one is called so."""
    found: dict[str, set[str]] = {}
    for choice in question.choices:
        codes = [language.code for language in form.languages] or [""]
        for label in (form.text(choice.labels, code) for code in codes):
            found.setdefault(plain(label), set()).add(choice.name)
    return {label: min(names) for label, names in found.items() if label and len(names) == 1}


def reader_of(
    form: FormDef, question: Question | None, variable: Variable | None, rule: Rule
) -> Read:
    """A function from a cell to an answer. What cannot be read is handed on as it is: the form then
    says what is wrong with it.
    """
    kind = kind_of(question, variable)
    if question is not None and question.is_select:
        read: Read = _choice_reader(Choices(form, question, variable, rule), question, rule)
    elif kind in (Kind.DATE, Kind.DATETIME):
        read = partial(day_text, days=rule.days, is_day=kind is Kind.DATE)
    elif (question is None or question.kind == "text") and not _is_role(form, question):
        read = _as_it_is
    else:
        read = str.strip
    blanks = frozenset(rule.blanks)
    return lambda text: "" if text.strip() in blanks else read(text)


def _is_role(form: FormDef, question: Question | None) -> bool:
    """Whether the answer is a code that says where, who or whom."""
    return question is not None and question.path in form.roles.values()


def _as_it_is(text: str) -> str:
    return text


def kind_of(question: Question | None, variable: Variable | None) -> Kind:
    """What an answer is; versions that disagree make text of a variable, and this one knows better."""
    if question is not None and question.kind in ("date", "datetime"):
        return Kind(question.kind)
    return variable.kind if variable and question is None else Kind.TEXT


def _choice_reader(choices: Choices, question: Question, rule: Rule) -> Read:
    return lru_cache(10_000)(lambda text: _chosen(choices, question, rule, text.strip()))


def _chosen(choices: Choices, question: Question, rule: Rule, text: str) -> str:
    if not text:
        return ""
    whole = choices.name_of(text)
    if question.kind not in SEVERAL:
        return text if whole is None else whole
    if rule.separator:
        return _several(choices, text.split(rule.separator)) or text
    if whole is not None:
        return whole
    ways = (words_of(text), *(text.split(separator) for separator in SEPARATORS))
    found = (_several(choices, parts) for parts in ways)
    return next(filter(None, found), text)


def _several(choices: Choices, parts: Iterable[str]) -> str:
    """The names of all parts, or blank where one of them is no choice."""
    names = [choices.name_of(part.strip()) for part in parts if part.strip()]
    return "" if None in names else " ".join(filter(None, names))


def day_text(text: str, days: str, *, is_day: bool) -> str:
    """A day or moment as forms write it; a moment that names no time zone is of the server's."""
    text = text.strip()
    moment = _moment(text, days)
    if moment is None:
        return text
    if is_day:
        return moment.date().isoformat()
    if moment.tzinfo is not None:
        return text
    return timezone.make_aware(moment).isoformat(timespec="milliseconds")


def way_of(texts: Iterable[str], usual: str = "") -> str:
    """How days are most likely written, as `Rule.days` says it: the first way in which most of what
    is there can be read, the `usual` one before others. Of 3/4/2026 alone nobody knows which is the
    month.
    """
    said = {text.strip() for text in texts} - {""}
    ways = (usual, "", *DAYS)
    count = {days: sum(_moment(text, days) is not None for text in said) for days in ways}
    return max(count, key=count.__getitem__)


def _moment(text: str, days: str) -> datetime | None:
    for way in (DAYS[days] + clock for clock in CLOCKS) if days in DAYS else ():
        try:
            return datetime.strptime(text, way)  # noqa: DTZ007 - the clock on the wall
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def flag_of(text: str) -> bool | None:
    """Whether a column of a choice says that it was chosen; None where it says neither."""
    word = WHOLE.sub(r"\1", text.strip()).casefold()
    return word in YES if word in YES | NO else None
