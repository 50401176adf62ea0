"""What the columns of a file most likely mean, and what earlier imports say of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from surveys.imports.catalogue import Catalogue
from surveys.imports.cells import NOT_APPLICABLE, Choices, way_of
from surveys.imports.mapping import NOWHERE, Beside, Meaning, Rule, Target
from surveys.xforms.definition import SEVERAL

IDS = ("interview_id", "person_key")  # which rows of further tables belong to
OURS = frozenset(  # that nobody else's files have all
    {"state", "outcome", "received", "form_version"}
)
MOST_VALUES = 30  # distinct ones of a column that are shown, each with its choice
Rows: TypeAlias = Sequence[
    Sequence[str]
]  # some of a table, their cells in the order of its columns


def propose(
    catalogue: Catalogue, tables: Sequence[Mapping[str, Any]], first: Sequence[Rows]
) -> Meaning:
    """A rule for each column of each table; `first` are the first rows of each."""
    is_ours = {column["name"] for column in tables[0]["columns"]} >= OURS
    repeats = ["", *(repeat_of(catalogue, table) for table in tables[1:])]
    rules = [
        _rules(catalogue, table, repeat, rows, is_ours=is_ours or number > 0)
        for number, (table, repeat, rows) in enumerate(zip(tables, repeats, first, strict=True))
    ]
    return Meaning((_once(catalogue, rules[0]), *rules[1:]), tuple(repeats))


def repeat_of(catalogue: Catalogue, table: Mapping[str, Any]) -> str:
    """The repeat whose instances a further table holds, blank where that is not known."""
    names = {column["name"] for column in table["columns"]}
    if not names & set(IDS):
        return ""
    cut = {name[:31]: key for name, key in catalogue.tables.items()}
    found = catalogue.tables.get(table["name"]) or cut.get(table["name"])
    return found or ""


def _rules(
    catalogue: Catalogue, table: Mapping[str, Any], repeat: str, rows: Rows, *, is_ours: bool
) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    taken: set[Target] = set()
    for at, column in enumerate(table["columns"]):
        target = catalogue.find(column["name"], column["label"], repeat, is_ours=is_ours)
        target = NOWHERE if target in taken else target
        taken.add(target)
        rules[column["name"]] = rule_for(catalogue, table, at, target, rows)
    return {name: _without_parts(rule, taken) for name, rule in rules.items()}


def _without_parts(rule: Rule, taken: set[Target]) -> Rule:
    """A choice's own column is not needed where another tells all that were chosen."""
    is_told = rule.target.choice and Target(rule.target.key) in taken
    return replace(rule, target=NOWHERE) if is_told else rule


def _once(catalogue: Catalogue, rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Site and enumerator are the answers' business where a column answers the question."""
    answered = {rule.target.key for rule in rules.values()}
    told = {
        beside
        for beside, role in ((Beside.SITE, "site"), (Beside.ENUMERATOR, "enumerator"))
        if catalogue.form.roles.get(role, "//").split("/", 2)[2] in answered
    }
    return {
        name: replace(rule, target=NOWHERE) if rule.target.beside in told else rule
        for name, rule in rules.items()
    }


def rule_for(
    catalogue: Catalogue, table: Mapping[str, Any], at: int, target: Target, rows: Rows
) -> Rule:
    """How the column at that place is read with that target, if nobody says otherwise."""
    blanks = (NOT_APPLICABLE,) if table["has_reasons"] else ()
    labels = table["columns"][at]["values"] if target else {}
    days = way_of(texts_of(rows, at)) if catalogue.is_moment(target) else ""
    return Rule(target, days=days, blanks=blanks, coded=table["is_coded"], labels=labels)


def texts_of(rows: Rows, at: int) -> Iterable[str]:
    """What is in a column of some rows, each text once, without blanks."""
    return dict.fromkeys(text for row in rows if (text := row[at].strip()))


def reused(
    proposed: Meaning, earlier: Sequence[Meaning], catalogue: Catalogue, first: Rows
) -> Meaning:
    """The proposals, with the rules that earlier files had for columns of the same names. Of the
    `earlier` ones the first that has most of the columns is taken. `first` are rows of the interviews'
    own table: days may be written otherwise this time.
    """
    own = set(proposed.rules[0])
    best = max(earlier, key=lambda one: len(own & set(one.rules[0])), default=None)
    if best is None or len(own & set(best.rules[0])) * 2 < len(own):
        return proposed
    places = {name: at for at, name in enumerate(proposed.rules[0])}
    known = {
        name: _dated(rule, catalogue, texts_of(first, places[name]))
        for name, rule in best.rules[0].items()
        if name in own and (not rule.target or catalogue.is_known(rule.target))
    }
    rules = {**proposed.rules[0], **known}
    return Meaning((rules, *proposed.rules[1:]), proposed.repeats, best.constants)


def _dated(rule: Rule, catalogue: Catalogue, texts: Iterable[str]) -> Rule:
    """With the way in which days are written in the texts."""
    is_moment = catalogue.is_moment(rule.target)
    return replace(rule, days=way_of(texts, rule.days)) if is_moment else rule


def unread(
    catalogue: Catalogue, rule: Rule, column: Mapping[str, Any]
) -> list[tuple[str, int, str | None]]:
    """The distinct values of a column of choices, how often each is there, and the choice that it is
    read as: None where that is not known.
    """
    question = catalogue.question(rule.target.key) if rule.target else None
    if question is None or not question.is_select or rule.target.choice:
        return []
    choices = Choices(catalogue.form, question, catalogue.by_key.get(rule.target.key), rule)
    if choices.is_open:
        return []
    found = [(text, count) for text, count in column["found"] if text not in rule.blanks]
    if question.kind in SEVERAL:
        found = [(text, count) for text, count in found if choices.name_of(text) is not None]
    return [(text, count, choices.name_of(text)) for text, count in found]
