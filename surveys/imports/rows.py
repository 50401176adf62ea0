"""Rows of a file read under a mapping: what each says, and which column said it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from surveys.exports.repeats import place_of
from surveys.imports.catalogue import Catalogue
from surveys.imports.cells import REASONS, Read, day_text, flag_of, reader_of
from surveys.imports.judging import OWN_ID, Told
from surveys.imports.mapping import Beside, Meaning, Rule
from surveys.variables.listing import PARTS
from surveys.xforms.definition import FormDef, without_places

Linked: TypeAlias = Sequence[Any]  # lists of a table's number, an instance's place and its cells


@dataclass(frozen=True)
class _Cell:
    """A column that is read: where its cells are, what they mean, and how they are read."""

    at: int
    name: str
    rule: Rule
    read: Read


class RowReader:
    """Reads rows of a file; `headings` are the names of the columns of each table."""

    def __init__(
        self, catalogue: Catalogue, meaning: Meaning, headings: Sequence[Sequence[str]]
    ) -> None:
        self._catalogue, self._meaning = catalogue, meaning
        self._root = f"/{catalogue.form.blank.name}/"
        pairs = zip(meaning.rules, headings, strict=True)
        self._tables = [list(self._cells(rules, heading)) for rules, heading in pairs]
        self._day = day_text(meaning.constants.day, "", is_day=False)
        self._columns = {
            cell.rule.target.key: cell.name
            for cells in reversed(self._tables)
            for cell in reversed(cells)
        }
        self._beside = {place: said for said, place in told_beside(catalogue.form)}

    def _cells(self, rules: Mapping[str, Rule], heading: Sequence[str]) -> Iterator[_Cell]:
        catalogue = self._catalogue
        for at, name in enumerate(heading):
            rule = rules.get(name, Rule())
            key = without_places(rule.target.key)
            if rule.target.beside in (Beside.STARTED, Beside.ENDED):
                yield _Cell(at, name, rule, partial(day_text, days=rule.days, is_day=False))
            elif rule.target.beside:
                yield _Cell(at, name, rule, str.strip)
            elif rule.target:
                question, variable = catalogue.question(key), catalogue.by_key.get(key)
                yield _Cell(at, name, rule, reader_of(catalogue.form, question, variable, rule))

    def told(self, cells: Sequence[str], linked: Linked = ()) -> Told:
        beside = {cell.rule.target.beside: _text(cell, cells) for cell in self._tables[0]}
        answers = {self._root + key: text for key, text in self._answers(0, cells) if text}
        instances = []
        for table, instance, own in linked:
            if not self._meaning.repeats[table]:
                continue
            instances.append(self._root + instance)
            for key, text in self._answers(table, own):
                if text:
                    answers[self._root + place_of(key, instance)] = text
        same = self._meaning.constants
        return Told(
            answers,
            tuple(instances),
            beside.get(Beside.SITE) or same.site,
            beside.get(Beside.ENUMERATOR) or same.enumerator,
            beside.get(Beside.STARTED) or self._day,
            beside.get(Beside.ENDED) or self._day,
            beside.get(Beside.ID) or "",
        )

    def _answers(self, table: int, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The keys that are answered, with texts; what is told in parts first, then wholes."""
        flags: dict[str, list[tuple[str, str]]] = {}
        parts: dict[str, list[str]] = {}
        wholes: dict[str, str] = {}
        for cell in self._tables[table]:
            target, text = cell.rule.target, cells[cell.at] if cell.at < len(cells) else ""
            if target.choice:
                flags.setdefault(target.key, []).append((target.choice, text))
            elif target.part is not None:
                parts.setdefault(target.key, [""] * len(PARTS))[target.part] = text.strip()
            elif not target.beside and (answer := cell.read(text)):
                wholes[target.key] = answer
        for key, found in flags.items():
            yield key, self._chosen(key, found)
        for key, numbers in parts.items():
            yield key, _place(numbers)
        yield from wholes.items()

    def _chosen(self, key: str, found: Sequence[tuple[str, str]]) -> str:
        """The choices whose columns say so, in the order of the form; what says neither yes nor no is
        handed on, so that the form says that it is no choice.
        """
        texts = [text.strip() for _, text in found if text.strip() not in ("", ".n")]
        unsaid = [REASONS[text] for text in texts if text in REASONS]
        if unsaid:
            return unsaid[0]
        unclear = [text for text in texts if flag_of(text) is None]
        if unclear:
            return unclear[0]
        question = self._catalogue.question(key)
        chosen = {choice for choice, text in found if flag_of(text)}
        choices = question.choices if question else ()
        return " ".join(one.name for one in choices if one.name in chosen)

    def column_of(self, place: str) -> str:
        """The column that says what is at a place, or what the form calls it."""
        key = Beside.ID if place == OWN_ID else place.removeprefix(self._root)
        beside = self._beside.get(without_places(place), "")
        named = (self._columns.get(one) for one in (key, without_places(key), beside))
        return next(filter(None, named), "" if place == OWN_ID else key)


def told_beside(form: FormDef) -> Iterator[tuple[Beside, str]]:
    """What a column can say that is no answer, with each place of the form where that ends up."""
    for beside, role in ((Beside.SITE, "site"), (Beside.ENUMERATOR, "enumerator")):
        if role in form.roles:
            yield beside, form.roles[role]
    for path, preload in form.preloads.items():
        if preload in ("timestamp start", "date today"):
            yield Beside.STARTED, path
        elif preload == "timestamp end":
            yield Beside.ENDED, path


def _text(cell: _Cell, cells: Sequence[str]) -> str:
    return cell.read(cells[cell.at]) if cell.rule.target.beside and cell.at < len(cells) else ""


def _place(numbers: Sequence[str]) -> str:
    """A place as forms write it; without height and accuracy these are 0."""
    if not any(numbers) or all(text in ("", ".n") for text in numbers):
        return ""
    return " ".join(text or "0" for text in numbers)
