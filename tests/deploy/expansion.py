"""What newer migrations do that the released code, still running, could not live with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.fields import NOT_PROVIDED

from surveys.indexing import AddIndexWhileOpen

MANY = frozenset(  # models with a row for each interview, or more
    {"interview", "submission", "attachment", "finding", "auditlog", "case", "weight", "trailentry"}
)
RENAMES = (operations.RenameModel, operations.RenameField, operations.AlterModelTable)
TOUCHES_ALL = (operations.AddConstraint, operations.AlterUniqueTogether)


@dataclass(frozen=True)
class Fault:
    """An operation, and why it has to wait or be done in another way."""

    migration: str
    operation: str
    why: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.operation}: {self.why}"


def faults(released: ProjectState, newer: list[Migration]) -> Iterator[Fault]:
    """Of migrations that come after the `released` state, in their order."""
    state = released.clone()
    for migration in newer:
        for operation in migration.operations:
            name = f"{migration.app_label}.{migration.name}"
            for why in reasons(released, state, migration.app_label, operation):
                yield Fault(name, operation.describe(), why)
            operation.state_forwards(migration.app_label, state)


def reasons(
    released: ProjectState, before: ProjectState, app: str, operation: Operation
) -> Iterator[str]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for part in operation.database_operations:
            yield from reasons(released, before, app, part)
        for part in operation.state_operations:
            if isinstance(part, operations.RemoveField):
                yield from forgotten(before, app, part)
        return
    model = known(released, app, operation)
    if model is None:
        return
    if isinstance(operation, (operations.DeleteModel, *RENAMES)):
        yield "the released code asks for it by this name"
    elif isinstance(operation, TOUCHES_ALL):
        yield "the released code may write what it forbids"
    elif isinstance(operation, operations.AddIndex):
        if model.name_lower in MANY and not isinstance(operation, AddIndexWhileOpen):
            yield "building it would stop everybody who writes: use AddIndexWhileOpen"
    elif isinstance(operation, operations.RemoveField):
        if operation.name in model.fields:
            yield "the released code reads and writes it"
    elif isinstance(operation, operations.AddField):
        if not is_left_out(operation.field):
            yield "the released code does not fill it in: give it null=True or a db_default"
    elif isinstance(operation, operations.AlterField):
        yield from narrower(model.fields.get(operation.name), operation.field)


def known(released: ProjectState, app: str, operation: Operation) -> ModelState | None:
    """The model as the released code knows it, if it does."""
    name = getattr(operation, "model_name", None) or getattr(operation, "old_name", None)
    name = name or getattr(operation, "name", "")
    return models_of(released).get((app, str(name).lower()))


def models_of(state: ProjectState) -> Mapping[tuple[str, str], ModelState]:
    return state.models


def forgotten(before: ProjectState, app: str, part: operations.RemoveField) -> Iterator[str]:
    """A column that stays in the table while the code knows it no longer."""
    field = models_of(before)[app, part.model_name_lower].fields[part.name]
    if not is_left_out(field):
        yield "rows without it could not be stored: give it null=True or a db_default first"


def is_left_out(field: "models.Field[object, object]") -> bool:
    """Whether the database stores a row that says nothing of it."""
    has_column = not field.many_to_many
    return not has_column or field.null or field.db_default is not NOT_PROVIDED


def narrower(
    old: "models.Field[object, object] | None", new: "models.Field[object, object]"
) -> Iterator[str]:
    if old is None:
        return
    if old.get_internal_type() != new.get_internal_type():
        yield "another type: the released code may write what does not fit"
    if old.null and not new.null:
        yield "the released code may leave it empty"
    if new.unique and not old.unique:
        yield "the released code may write it twice"
    if new.max_length is not None and (old.max_length is None or new.max_length < old.max_length):
        yield "the released code may write longer ones"
