"""The released code goes on to work while, and after, a newer release has migrated the tables.

`deploy/released.json` names the last migrations of the release that is out.
"""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

from surveys.indexing import AddIndexWhileOpen
from tests.deploy.expansion import faults

numbers = count(1)
RELEASED = Path(__file__).resolve().parents[2] / "deploy" / "released.json"


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def released_nodes() -> list[tuple[str, str]]:
    return list(json.loads(RELEASED.read_text("utf-8")).items())


@pytest.fixture(scope="module")
def released(loader: MigrationLoader) -> ProjectState:
    state: ProjectState = loader.project_state(released_nodes())
    return state


def newer(loader: MigrationLoader) -> list[Migration]:
    """Our migrations after the released ones, in order."""
    known = {node for last in released_nodes() for node in loader.graph.forwards_plan(last)}
    leaves = [node for app, _ in released_nodes() for node in loader.graph.leaf_nodes(app)]
    planned = dict.fromkeys(node for leaf in leaves for node in loader.graph.forwards_plan(leaf))
    return [loader.graph.nodes[node] for node in planned if node not in known]


def test_newer_migrations_only_add(loader: MigrationLoader, released: ProjectState) -> None:
    assert [str(fault) for fault in faults(released, newer(loader))] == []


def row(name: str, **fields: Any) -> ModelState:
    """A model as a release may know it."""
    key = ("id", models.BigAutoField(primary_key=True))
    return ModelState("surveys", name, [key, *fields.items()])


def words() -> "models.CharField[str, str]":
    return models.CharField(max_length=20)


def found(*done: operations.base.Operation) -> list[str]:
    """What is wrong with operations on a released model of one field, `code`."""
    released = ProjectState()
    released.add_model(row("Interview", code=words()))
    return [fault.why for fault in faults(released, [migration(*done)])]


def migration(*done: operations.base.Operation) -> Migration:
    made = Migration("0002", "surveys")
    made.operations = list(done)  # type: ignore[misc]  # which each migration has for itself
    return made


CODE = ("Interview", "code")
INDEX = models.Index(fields=["code"], name="interview_by_code")
ADDED = [
    operations.AddField("Interview", "more", models.TextField(null=True)),
    operations.AddField("Interview", "more", models.TextField(default="", db_default="")),
    operations.AddField("Interview", "friends", models.ManyToManyField("surveys.Interview")),
    operations.AlterField(*CODE, models.CharField(max_length=30, null=True)),
    operations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
    AddIndexWhileOpen("Interview", INDEX),
]
BROKEN = [
    (operations.AddField("Interview", "more", models.TextField(default="")), "db_default"),
    (operations.RemoveField(*CODE), "reads and writes"),
    (operations.RenameField("Interview", "code", "key"), "by this name"),
    (operations.RenameModel("Interview", "Talk"), "by this name"),
    (operations.DeleteModel("Interview"), "by this name"),
    (operations.AlterField(*CODE, models.CharField(max_length=10)), "longer"),
    (operations.AlterField(*CODE, models.CharField(max_length=20, unique=True)), "twice"),
    (operations.AlterField(*CODE, models.IntegerField()), "another type"),
    (operations.AddIndex("Interview", INDEX), "AddIndexWhileOpen"),
    (
        operations.AddConstraint(
            "Interview", models.UniqueConstraint(fields=["code"], name="code_once")
        ),
        "forbids",
    ),
]


@pytest.mark.parametrize("operation", ADDED, ids=lambda one: one.describe())
def test_what_adds_is_right(operation: operations.base.Operation) -> None:
    assert found(operation) == []


@pytest.mark.parametrize(("operation", "why"), BROKEN, ids=lambda one: str(one)[:40])
def test_what_breaks_the_released_code_is_found(
    operation: operations.base.Operation, why: str
) -> None:
    (told,) = found(operation)
    assert why in told


def test_a_field_goes_in_two_releases() -> None:
    forget = operations.SeparateDatabaseAndState(state_operations=[operations.RemoveField(*CODE)])
    assert "could not be stored" in found(forget)[0]
    may_lack = operations.AlterField(*CODE, models.CharField(max_length=20, db_default=""))
    assert found(may_lack, forget) == []
    released = ProjectState()
    released.add_model(row("Interview"))
    drop = operations.SeparateDatabaseAndState(database_operations=[operations.RemoveField(*CODE)])
    assert list(faults(released, [migration(drop)])) == []


def old_models(released: ProjectState) -> Iterator[type[models.Model]]:
    """Parents before children, as far as they need each other."""
    yield from (
        model
        for app, _ in released_nodes()
        for model in released.apps.get_app_config(app).get_models()
    )


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_released_code_stores_and_reads_every_kind_of_row(released: ProjectState) -> None:
    rows = [stored(model) for model in old_models(released)]
    assert len(rows) > 60
    for row in rows:
        assert type(row)._base_manager.get(pk=row.pk) == row


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_column_that_has_to_be_filled_in_stops_the_released_code(released: ProjectState) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE surveys_city ADD COLUMN novel integer NOT NULL")
    with pytest.raises(IntegrityError, match="novel"):
        stored(released.apps.get_model("surveys", "City"))


def stored(model: type[models.Model]) -> models.Model:
    """A row of the model by the columns that it knows, and the rows that it cannot be without."""
    given = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and not field.null:
            given[field.name] = stored(field.related_model)
        elif field.default is NOT_PROVIDED and not field.null and not field.primary_key:
            given[field.name] = value_of(field)
    row = model(**given)
    row.save(force_insert=True)
    return row


def value_of(field: "models.Field[Any, Any]") -> Any:
    """Something that fits; texts and whole numbers are never the same twice."""
    if field.choices:
        return next(value for value, _ in field.flatchoices if value != "")
    number = next(numbers)
    values = {
        "BooleanField": False,
        "DateField": timezone.localdate(),
        "DateTimeField": timezone.now(),
        "JSONField": {},
        "UUIDField": uuid4(),
        "BinaryField": b"",
        "FloatField": 1,
        "CharField": f"{number:x}",
        "TextField": f"{number}",
        "SlugField": f"{number}",
        "FileField": f"{number}",
    }
    return values.get(field.get_internal_type(), number)
