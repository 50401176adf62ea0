"""The order of a long list and places in it: what lies behind a row, however many rows come in before it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, TypeVar

from django.contrib.admin.utils import get_fields_from_path
from django.core.signing import BadSignature, Signer
from django.db.models import F, Field, Model, OrderBy, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThanOrEqual,
    TupleLessThanOrEqual,
)

Row = TypeVar("Row", bound=Model)
NOTHING = Q(pk__in=())


class UnknownPlace(ValueError):
    """A text that names no place in this list and order."""


@dataclass(frozen=True)
class Term:
    """A column that rows are ordered by. NULL is the greatest of its values on every database, as
    PostgreSQL has it in its indexes.
    """

    path: str
    field: "Field[Any, Any]"
    is_descending: bool
    may_be_null: bool

    @property
    def name(self) -> str:
        return f"-{self.path}" if self.is_descending else self.path

    @property
    def table(self) -> str:
        """The path to the row that has the column."""
        return self.path.rpartition(LOOKUP_SEP)[0]

    @property
    def expression(self) -> OrderBy:
        if not self.may_be_null:
            return OrderBy(F(self.path), descending=self.is_descending)
        first_or_last = {"nulls_first" if self.is_descending else "nulls_last": True}
        return OrderBy(F(self.path), descending=self.is_descending, **first_or_last)

    def reversed(self) -> "Term":
        return replace(self, is_descending=not self.is_descending)

    def value_of(self, row: Model | None) -> Any:
        value: Any = row
        for name in self.path.split(LOOKUP_SEP):
            value = None if value is None else getattr(value, name)
        return value

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True} if value is None else {self.path: value})

    def behind(self, value: Any) -> Q:
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if self.is_descending else NOTHING
        if self.is_descending:
            return Q(**{f"{self.path}__lt": value})
        greater = Q(**{f"{self.path}__gt": value})
        return greater | Q(**{f"{self.path}__isnull": True}) if self.may_be_null else greater


@dataclass(frozen=True)
class Place:
    """A row by its values in an order, of which a page has those behind, or before with `is_before`.
    Without values it is the end of the list.
    """

    values: tuple[Any, ...] = ()
    is_before: bool = False


@dataclass(frozen=True)
class Order:
    """Columns of which the last is the key, so that no two rows are level."""

    model: type[Model]
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, rows: "QuerySet[Any]", names: Iterable[str]) -> "Order":
        """By these names as `order_by` takes them, level rows by key in the direction of the last."""
        terms: dict[str, Term] = {}
        for term in _terms(rows, names):
            terms.setdefault(term.path, term)
        key = terms.pop("pk", None)
        last = next(reversed(terms.values()), key)
        downwards = last is not None and last.is_descending
        pk = Term("pk", rows.model._meta.pk, downwards, may_be_null=False)
        return cls(rows.model, (*terms.values(), pk))

    def reversed(self) -> "Order":
        return replace(self, terms=tuple(term.reversed() for term in self.terms))

    def place_of(self, row: Model, *, is_before: bool = False) -> Place:
        return Place(tuple(term.value_of(row) for term in self.terms), is_before)

    def sorted(self, rows: "QuerySet[Row]") -> "QuerySet[Row]":
        return rows.order_by(*(term.expression for term in self.terms))

    def behind(self, rows: "QuerySet[Row]", values: Sequence[Any]) -> "QuerySet[Row]":
        """Of the rows those behind the one with the values, all without values, in this order."""
        if not values:
            return self.sorted(rows)
        behind = NOTHING
        for term, value in reversed(list(zip(self.terms, values, strict=True))):
            behind = term.behind(value) | (term.same(value) & behind)
        return self._from(self.sorted(rows), values).filter(behind)

    def _from(self, rows: "QuerySet[Row]", values: Sequence[Any]) -> "QuerySet[Row]":
        """Only says once more where the rows begin, in the one way that an index can begin there."""
        terms = self.indexable
        if not terms:
            return rows
        begins = TupleLessThanOrEqual if terms[0].is_descending else TupleGreaterThanOrEqual
        columns = Tuple(*(F(term.path) for term in terms))
        return rows.filter(begins(columns, tuple(values[: len(terms)])))

    @property
    def indexable(self) -> list[Term]:
        """The first terms, as many as one index can have: of one table, in one direction, never NULL."""
        first = self.terms[0]

        def is_like_it(term: Term) -> bool:
            beside = term.table == first.table and term.is_descending == first.is_descending
            return beside and not term.may_be_null

        return list(takewhile(is_like_it, self.terms))

    def written(self, place: Place) -> str:
        """The place in an address, signed: what comes back is of the columns' types."""
        values = [_plain(value) for value in place.values]
        return self._signer.sign_object([self._names, values, place.is_before], compress=True)

    def place_in(self, text: str) -> Place:
        """Raises UnknownPlace."""
        try:
            names, values, is_before = self._signer.unsign_object(text)
        except BadSignature as error:
            raise UnknownPlace(text) from error
        if names != self._names:
            raise UnknownPlace(text)
        pairs = zip(self.terms, values, strict=False)  # the end has no values
        return Place(tuple(term.field.to_python(value) for term, value in pairs), is_before)

    @property
    def _names(self) -> list[str]:
        return [term.name for term in self.terms]

    @property
    def _signer(self) -> Signer:
        return Signer(salt=f"surveys.admin.order {self.model._meta.label_lower}")


def _plain(value: Any) -> Any:
    """As JSON has it, so that the column's `to_python` gives the value itself."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _terms(rows: "QuerySet[Any]", names: Iterable[str]) -> Iterator[Term]:
    """A foreign key orders as the rows do that it leads to, as with `order_by`."""
    for name in names:
        path, is_descending = name.removeprefix("-"), name.startswith("-")
        if path == "pk":
            yield Term(path, rows.model._meta.pk, is_descending, may_be_null=False)
        elif path in rows.query.annotations:
            field = rows.query.annotations[path].output_field
            yield Term(path, field, is_descending, may_be_null=True)
        else:
            yield from _columns(rows.model, path, is_descending=is_descending)


def _columns(model: type[Model], path: str, *, is_descending: bool) -> Iterator[Term]:
    fields: list[Any] = get_fields_from_path(model, path)
    last, word = fields[-1], path.rpartition(LOOKUP_SEP)[2]
    if not last.is_relation or word == last.attname:
        field = last.target_field if last.is_relation else last
        yield Term(path, field, is_descending, may_be_null=any(one.null for one in fields))
        return
    related = last.related_model._meta
    for name in related.ordering or ("pk",):
        below = name.removeprefix("-").replace("pk", related.pk.name)
        downwards = is_descending != name.startswith("-")
        yield from _columns(model, f"{path}{LOOKUP_SEP}{below}", is_descending=downwards)
