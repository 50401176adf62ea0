"""What a file's columns mean, as it is shown and as it is said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from surveys.admin.access import posted
from surveys.imports.batches import catalogue_of, first_rows, meaning_of
from surveys.imports.catalogue import Catalogue
from surveys.imports.mapping import Beside, Constants, Meaning, Rule, target_of
from surveys.imports.proposals import rule_for, texts_of, unread
from surveys.models import ImportBatch
from surveys.moments import day_in
from surveys.xforms.definition import SEVERAL, Choice

SAMPLES = 3
MOST_CHOICES = 60  # that are offered in a list; more are typed
UNKNOWN = "?"
MOST_FIELDS = 4_900  # sent at once; each column has two, and values as far as there is room
BESIDE = {
    Beside.ID: gettext_lazy("Id of the interview"),
    Beside.SITE: gettext_lazy("Site, by its code"),
    Beside.ENUMERATOR: gettext_lazy("Enumerator, by the user name"),
    Beside.STARTED: gettext_lazy("When the interview began"),
    Beside.ENDED: gettext_lazy("When the interview ended"),
}
SEPARATORS = (
    ("", gettext_lazy("found by itself")),
    (" ", gettext_lazy("a blank")),
    (",", ","),
    (";", ";"),
    ("|", "|"),
    ("/", "/"),
    ("、", "、"),
)


@dataclass(frozen=True)
class Value:
    """A text found in a column, and the choice that it is read as: UNKNOWN where none is."""

    number: int
    text: str
    count: int
    name: str


@dataclass(frozen=True)
class ColumnShown:
    """A column with how it is read. `fault` says what is wrong with the target that was typed."""

    code: str  # of its fields
    name: str
    label: str
    samples: Sequence[str]
    rule: Rule
    typed: str
    values: Sequence[Value]
    choices: Sequence[tuple[str, str]]
    is_moment: bool
    is_several: bool
    fault: str = ""

    @property
    def open_values(self) -> int:
        """How many values nobody has said a choice for."""
        return sum(value.name == UNKNOWN for value in self.values)


@dataclass(frozen=True)
class TableShown:
    name: str
    repeat: str
    is_known: bool
    columns: Sequence[ColumnShown]
    offers: Sequence[tuple[str, str]]


class Form:
    """The mapping of a batch as a form of a page: shown, or read with its faults."""

    def __init__(self, batch: ImportBatch, request: HttpRequest | None = None) -> None:
        self.batch = batch
        self.catalogue = catalogue_of(batch)
        self.meaning = meaning_of(batch)
        self.first = first_rows(batch)
        self.faults: dict[str, str] = {}
        self._room = MOST_FIELDS - 2 * sum(len(table["columns"]) for table in batch.tables)
        if request is not None:
            self.meaning = self._said(request)

    def _said(self, request: HttpRequest) -> Meaning:
        tables = zip(self.batch.tables, self.meaning.rules, strict=True)
        rules = tuple(
            {
                column["name"]: self._rule(request, t, c, known[column["name"]])
                for c, column in enumerate(table["columns"])
            }
            for t, (table, known) in enumerate(tables)
        )
        self._note_unknown(rules)
        return Meaning(rules, self.meaning.repeats, self._constants(request))

    def _note_unknown(self, rules: Sequence[Mapping[str, Rule]]) -> None:
        """Say of columns that what they go to is not there."""
        for t, (table, repeat) in enumerate(zip(rules, self.meaning.repeats, strict=True)):
            for c, target in enumerate(rule.target for rule in table.values()):
                if target and not self.catalogue.is_known(target, repeat):
                    self.faults[f"{t}-{c}"] = _("There is no question %(name)s.") % {"name": target}

    def _constants(self, request: HttpRequest) -> Constants:
        day = posted(request, "day").strip()
        if day and day_in(day) is None:
            self.faults["day"] = _("This is no day.")
        site, person = (posted(request, name).strip()[:200] for name in ("site", "enumerator"))
        return Constants(site, person, day[:10])

    def _rule(
        self,
        request: HttpRequest,
        number: int,
        at: int,
        known: Rule,
    ) -> Rule:
        code, table = f"{number}-{at}", self.batch.tables[number]
        if f"to-{code}" not in request.POST:
            return known
        target = target_of(posted(request, f"to-{code}")[:500])
        rule = rule_for(self.catalogue, table, at, target, self.first[number])
        if target != known.target:
            return rule
        said = {
            text: posted(request, name)
            for place, (text, _count) in enumerate(table["columns"][at]["found"])
            if (name := f"value-{code}-{place}") in request.POST
        }
        return Rule(
            target,
            values={text: name for text, name in said.items() if name != UNKNOWN},
            days=_posted(request, f"days-{code}", known.days),
            separator=_posted(request, f"separator-{code}", known.separator),
            blanks=tuple(_posted(request, f"blanks-{code}", " ".join(known.blanks)).split()),
            coded=rule.coded or known.coded,
            labels=rule.labels or known.labels,
        )

    def tables(self) -> Iterator[TableShown]:
        """The file's tables with their columns, as the template shows them."""
        rules = zip(self.batch.tables, self.meaning.rules, self.meaning.repeats, strict=True)
        for number, (table, known, repeat) in enumerate(rules):
            is_known = number == 0 or bool(repeat)
            columns = [
                self._column(number, at, column, known[column["name"]])
                for at, column in enumerate(table["columns"])
            ]
            yield TableShown(
                table["name"], repeat, is_known, columns, list(self._offers(repeat, number))
            )

    def _offers(self, repeat: str, number: int) -> Iterator[tuple[str, str]]:
        if number == 0:
            yield from ((beside.value, str(words)) for beside, words in BESIDE.items())
        yield from ((str(target), words) for target, words in self.catalogue.offered(repeat))

    def _column(self, number: int, at: int, column: Mapping[str, Any], rule: Rule) -> ColumnShown:
        code = f"{number}-{at}"
        question = self.catalogue.question(rule.target.key) if rule.target else None
        found = [text for text, _count in column["found"]]
        values = [
            Value(found.index(text), text, count, UNKNOWN if name is None else name)
            for text, count, name in unread(self.catalogue, rule, column)
        ]
        values = values if len(values) <= self._room else []
        self._room -= len(values)
        return ColumnShown(
            code,
            column["name"],
            column["label"],
            list(islice(texts_of(self.first[number], at), SAMPLES)),
            rule,
            str(rule.target),
            values,
            _named(self.catalogue, question.choices) if question and values else (),
            self.catalogue.is_moment(rule.target),
            question is not None and question.kind in SEVERAL and not rule.target.choice,
            self.faults.get(code, ""),
        )


def _posted(request: HttpRequest, name: str, otherwise: str) -> str:
    return posted(request, name)[:500] if name in request.POST else otherwise


def _named(catalogue: Catalogue, choices: Sequence[Choice]) -> Sequence[tuple[str, str]]:
    if len(choices) > MOST_CHOICES:
        return ()
    form = catalogue.form
    language = form.language_for(get_language() or "")
    return [(one.name, form.text(one.labels, language)) for one in choices]
