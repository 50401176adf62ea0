"""The cell `type` of a question, taken apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyxform import aliases
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_OSM, RE_SELECT

from surveys.xforms.linting.spelling import likeness, nearest
from surveys.xforms.linting.vocabulary import COMMON_TYPES, OTHER_WORDS

SELECTS: Mapping[str, str] = {
    "select one": "select_one",
    "select all that apply": "select_multiple",
    "select one external": "select_one_external",
    "rank": "rank",
}
FILE_ENDINGS = (".csv", ".xml", ".geojson")
CONTAINERS = frozenset({"group", "repeat", "loop"})
USUAL: Mapping[str, str] = {"photo": "image", "int": "integer", "string": "text", "gps": "geopoint"}
HIDDEN = frozenset(  # shown to nobody
    {"calculate", "hidden", "audit", "csv-external", "xml-external", "background-audio"}
)


@dataclass(frozen=True)
class QuestionType:
    """`base` is the usual name without its list: `select_one`, `group`, `integer`; blank where the
    type is not known. `step` is "begin" or "end" of groups and repeats, else blank.
    """

    base: str
    step: str = ""
    list_name: str = ""
    has_other: bool = False

    @property
    def is_select(self) -> bool:
        return self.base in ("select_one", "select_multiple", "rank")

    @property
    def is_from_file(self) -> bool:
        return self.list_name.endswith(FILE_ENDINGS)

    @property
    def is_from_form(self) -> bool:
        """Whether the choices are rows of the sheet `choices`."""
        return self.is_select and not self.is_from_file and "${" not in self.list_name

    @property
    def bind(self) -> str:
        """The type of the answer, such as `int`, `date` or `string`."""
        if self.is_select:
            return "string"
        return str(QUESTION_TYPE_DICT.get(self.base, {}).get("bind", {}).get("type", "string"))

    @property
    def is_shown(self) -> bool:
        """Whether people see it, so that it needs words."""
        if self.step or self.base in HIDDEN:
            return False
        tag = QUESTION_TYPE_DICT.get(self.base, {}).get("control", {}).get("tag", "")
        return self.base in SELECTS.values() or tag not in ("", "action")


def parse_type(text: str) -> QuestionType:
    """What pyxform understands of a type."""
    for pattern, step in ((RE_BEGIN_CONTROL, "begin"), (RE_END_CONTROL, "end")):
        if match := pattern.search(text):
            list_name = match.groupdict().get("list_name") or ""
            return QuestionType(aliases.control[match["type"]], step, list_name)
    if match := RE_SELECT.search(text):
        base = SELECTS[aliases.select[match["select_command"]]]
        return QuestionType(base, "", match["list_name"], bool(match["specify_other"]))
    if RE_OSM.search(text):
        return QuestionType("osm")
    if text in aliases.settings_header:
        return QuestionType("setting")
    usual = aliases._type_alias_map.get(text, text)
    return QuestionType(USUAL.get(usual, usual) if usual in QUESTION_TYPE_DICT else "")


def meant_type(text: str) -> str:
    """The type that a mistyped one may be, with the list of the choices; or blank."""
    words = text.split()
    readings = [("_".join(words[:count]), " ".join(words[count:])) for count in (2, 1)]
    found = [(_meant(word), word, rest) for word, rest in readings if _meant(word)]
    if not found:
        return ""
    meant, _, rest = max(found, key=lambda reading: likeness(reading[0], reading[1]))
    return f"{meant} {rest}".strip() if meant.startswith(("select", "rank")) else meant


def _meant(word: str) -> str:
    return OTHER_WORDS.get(word.lower()) or nearest(word, COMMON_TYPES)
