"""What a feed says of itself: the service document, and `$metadata` in CSDL, XML of OData 4.0."""

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # not in its stubs

from surveys.api.odata.conditions import FUNCTIONS
from surveys.api.odata.tables import Property, Table

NAMESPACE = "FiveStandards"
VOCABULARIES = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies"
CORE, CAPABILITIES = "Org.OData.Core.V1", "Org.OData.Capabilities.V1"
EDMX_URI = "http://docs.oasis-open.org/odata/ns/edmx"
EDMX: Any = ElementMaker(namespace=EDMX_URI, nsmap={"edmx": EDMX_URI})
EDM_URI = "http://docs.oasis-open.org/odata/ns/edm"
EDM: Any = ElementMaker(namespace=EDM_URI, nsmap={None: EDM_URI})


def service_document(root: str, tables: Iterable[Table]) -> dict[str, Any]:
    """`root` is the address of the feed, with a slash at its end."""
    sets = [{"name": one.name, "kind": "EntitySet", "url": one.name} for one in tables]
    return {"@odata.context": f"{root}$metadata", "value": sets}


def metadata_of(tables: Iterable[Table]) -> bytes:
    known = list(tables)
    container = EDM.EntityContainer(
        *(_entity_set(table) for table in known), *_capabilities(), Name="Feed"
    )
    schema = EDM.Schema(*map(_entity_type, known), container, Namespace=NAMESPACE)
    document = EDMX.Edmx(
        *map(_reference, (CORE, CAPABILITIES)), EDMX.DataServices(schema), Version="4.0"
    )
    return etree.tostring(document, xml_declaration=True, encoding="utf-8")


def _reference(vocabulary: str) -> Any:
    return EDMX.Reference(
        EDMX.Include(Namespace=vocabulary), Uri=f"{VOCABULARIES}/{vocabulary}.xml"
    )


def _entity_type(table: Table) -> Any:
    key = EDM.Key(EDM.PropertyRef(Name=table.key.name))
    properties = (_property(one, is_key=one is table.key) for one in table.properties)
    return EDM.EntityType(key, *properties, Name=table.name)


def _property(one: Property, *, is_key: bool) -> Any:
    described = [_annotation(CORE, "Description", String=one.label)] if one.label else []
    required = {"Nullable": "false"} if is_key else {}
    return EDM.Property(*described, Name=one.name, Type=one.type.value, **required)


def _entity_set(table: Table) -> Any:
    """With what cannot be asked of it, so that programs do it themselves."""
    return EDM.EntitySet(
        _restriction("CountRestrictions", Countable=table.is_countable),
        _sorting(table),
        _restriction("ExpandRestrictions", Expandable=False),
        _restriction("InsertRestrictions", Insertable=False),
        _restriction("UpdateRestrictions", Updatable=False),
        _restriction("DeleteRestrictions", Deletable=False),
        _annotation(CAPABILITIES, "SkipSupported", Bool="false"),
        _annotation(CAPABILITIES, "IndexableByKey", Bool="false"),
        Name=table.name,
        EntityType=f"{NAMESPACE}.{table.name}",
    )


def _sorting(table: Table) -> Any:
    """Interviews by id, where ids are told; nothing else."""
    others = [one.name for one in table.properties if one is not table.key]
    listed = EDM.Collection(*map(EDM.PropertyPath, others))
    return EDM.Annotation(
        EDM.Record(
            EDM.PropertyValue(Property="Sortable", Bool=str(table.is_sortable).lower()),
            *([EDM.PropertyValue(listed, Property="NonSortableProperties")] * table.is_sortable),
        ),
        Term=f"{CAPABILITIES}.SortRestrictions",
    )


def _capabilities() -> list[Any]:
    minimal = f"{CAPABILITIES}.ConformanceLevelType/Minimal"
    functions = EDM.Collection(*(EDM.String(name) for name in FUNCTIONS))
    return [
        _annotation(CAPABILITIES, "ConformanceLevel", EnumMember=minimal),
        _annotation(CAPABILITIES, "BatchSupported", Bool="false"),
        EDM.Annotation(functions, Term=f"{CAPABILITIES}.FilterFunctions"),
    ]


def _annotation(vocabulary: str, term: str, **value: str) -> Any:
    return EDM.Annotation(Term=f"{vocabulary}.{term}", **value)


def _restriction(term: str, **facts: bool) -> Any:
    told: Mapping[str, str] = {name: str(is_so).lower() for name, is_so in facts.items()}
    values = (EDM.PropertyValue(Property=name, Bool=so) for name, so in told.items())
    return EDM.Annotation(EDM.Record(*values), Term=f"{CAPABILITIES}.{term}")
