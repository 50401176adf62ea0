"""What a form says of entities: which lists it creates entries in or changes, and from which answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from surveys.formlogic.logic import Bind
from surveys.formlogic.syntax import Node
from surveys.xforms.namespaces import ENTITIES, XF
from surveys.xforms.rules import path_of

ELEMENT = "/meta/entity"
LABEL = "label"
LONGEST_NAME = 100  # of a list
SITES, CASES, RETURNED = "sites", "cases", "returned"
KEPT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SITES: ("code", "site_name", "city", "city_name", "stratum", "latitude", "longitude"),
        CASES: ("code", "site", "site_name", "wave", "outcome", "last_interview"),
        RETURNED: ("interview", "site", "site_name", "enumerator", "received", "comment"),
    }
)
"""Lists that every survey has, with the properties that the survey itself keeps in them."""
COMPUTED = ("id", "create", "update", "baseVersion", "trunkVersion", "branchId")


@dataclass(frozen=True)
class Declaration:
    """One `entity` element of a form, at `path`.

    `saves` are the paths of questions by the property that they become. `constants` are attributes
    that the form itself says, such as create="1"; `computed` those that it computes.
    """

    path: str
    dataset: str
    saves: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, Node] = field(default_factory=dict)

    @property
    def container(self) -> str:
        """The path of the form, group or repeat that the entity is one an instance of."""
        return self.path.removesuffix(ELEMENT)

    @property
    def creates(self) -> bool:
        return "create" in self.constants or "create" in self.computed


def is_attribute(path: str) -> bool:
    """Whether a path leads to an attribute of an entity, which no rule of the form ever reads."""
    return f"{ELEMENT}/@" in path


def read_declarations(model: etree._Element, binds: Sequence[Bind]) -> tuple[Declaration, ...]:
    """The declarations of an XForm in the order of its instance; `binds` are all of its own."""
    computed = {bind.path: bind.calculate for bind in binds if bind.calculate is not None}
    elements = dict(_elements(model))
    saved = list(_saved(model))
    return tuple(
        Declaration(
            path=path,
            dataset=attributes.get("dataset", ""),
            saves={name: to for name, to in saved if _nearest(to, elements) == path},
            constants={name: text for name, text in attributes.items() if text},
            computed={
                name: computed[f"{path}/@{name}"]
                for name in COMPUTED
                if f"{path}/@{name}" in computed
            },
        )
        for path, attributes in elements.items()
    )


def _elements(model: etree._Element) -> Iterator[tuple[str, dict[str, str]]]:
    """Path and attributes of every entity; of a repeat's template and its instance, once."""
    for element in model.iterfind(f"{XF}instance[1]//{XF}meta/{XF}entity"):
        line = [element, *element.iterancestors()]
        names = [etree.QName(one).localname for one in line]
        path = "/" + "/".join(reversed(names[: names.index("instance")]))
        yield path, {str(name): str(text) for name, text in element.items()}


def _saved(model: etree._Element) -> Iterator[tuple[str, str]]:
    for bind in model.findall(f"{XF}bind"):
        if name := bind.get(f"{ENTITIES}saveto"):
            yield name, path_of(bind)


def _nearest(path: str, elements: Mapping[str, object]) -> str:
    """The entity of the innermost group around a question that has one."""
    around = [one for one in elements if path.startswith(one.removesuffix(ELEMENT) + "/")]
    return max(around, key=len, default="")
